package io.layerwatch.standalone.terminal;

/** Shows what a {@link ScoreFeed} reads, until closed. */
public interface View extends ScoreFeed.Listener, AutoCloseable {

  @Override
  void close();
}
