package io.layerwatch.recommender.read;

/** Kafka or the registry does not answer: it is not where it is looked for, or does not run. */
final class UnansweredException extends ReadingException {

  UnansweredException(String message) {
    super(message);
  }

  UnansweredException(String message, Throwable cause) {
    super(message, cause);
  }
}
