package io.layerwatch.instrumentation.model;

/** The thread was interrupted: the pass ended between two layers, since the process is stopping. */
public final class InferenceStoppedException extends RuntimeException {

  InferenceStoppedException(String message) {
    super(message);
  }
}
