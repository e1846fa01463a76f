package io.layerwatch.instrumentation.jinja;

/** A template that cannot be parsed or rendered, in one sentence. */
public class JinjaException extends RuntimeException {

  JinjaException(String message) {
    super(message);
  }

  /** What a template refuses by {@code raise_exception}: the input is wrong, not the template. */
  public static final class Raised extends JinjaException {

    Raised(String message) {
      super(message);
    }
  }
}
