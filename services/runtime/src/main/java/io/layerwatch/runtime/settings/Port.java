package io.layerwatch.runtime.settings;

import java.net.BindException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A port to listen on, as settings give it: {@code 8000}, or {@code 8000 or any} for another free
 * one where that is taken.
 *
 * @param number 0 is any free one
 * @param orAny whether any free one does where this is taken
 */
public record Port(int number, boolean orAny) {

  /** Any free one. */
  public static final Port ANY = new Port(0, false);

  private static final int LARGEST = 65_535;
  private static final Pattern FORM = Pattern.compile("(\\d{1,5})( or any)?");

  /** Listens on a port that is given as a number. */
  public interface Binding<T, E extends Exception> {
    T to(int port) throws E;
  }

  /** The port, or empty where the text is none. */
  public static Optional<Port> parse(String text) {
    Matcher matcher = FORM.matcher(text.trim());
    if (!matcher.matches() || Integer.parseInt(matcher.group(1)) > LARGEST) {
      return Optional.empty();
    }
    return Optional.of(new Port(Integer.parseInt(matcher.group(1)), matcher.group(2) != null));
  }

  /** The same, where any free one does if it is taken. */
  public Port orElseAny() {
    return new Port(number, true);
  }

  /**
   * Listens here, or where any port does, on a free one. Whether this one is free is seen by
   * listening alone: what a look beforehand finds may be another's a moment later.
   */
  public <T, E extends Exception> T bind(Binding<T, E> binding) throws E {
    if (!orAny) {
      return binding.to(number);
    }
    try {
      return binding.to(number);
    } catch (Exception e) {
      if (e instanceof BindException) {
        return binding.to(0);
      }
      throw e;
    }
  }

  @Override
  public String toString() {
    return number + (orAny ? " or any" : "");
  }
}
