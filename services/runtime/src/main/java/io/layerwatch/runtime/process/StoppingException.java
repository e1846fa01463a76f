package io.layerwatch.runtime.process;

/** Work that was overtaken by a stop: as asked, and so nothing that an operator must hear of. */
public final class StoppingException extends StartException {

  public StoppingException(String message) {
    super(message);
  }
}
