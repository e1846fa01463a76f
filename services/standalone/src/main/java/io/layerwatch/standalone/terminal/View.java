package io.layerwatch.standalone.terminal;

import io.layerwatch.recommender.live.ScoreFeed;

/** Shows what a {@link ScoreFeed} reads, until closed. */
public interface View extends ScoreFeed.Listener, AutoCloseable {

  @Override
  void close();
}
