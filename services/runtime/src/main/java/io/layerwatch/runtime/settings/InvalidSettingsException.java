package io.layerwatch.runtime.settings;

import java.util.List;

/** Settings that a process cannot start with; the message lists every problem, one a line. */
public final class InvalidSettingsException extends RuntimeException {

  private final List<String> problems;

  public InvalidSettingsException(List<String> problems) {
    super(String.join(System.lineSeparator(), problems));
    this.problems = List.copyOf(problems);
  }

  /** Each names its key, what was expected, and the value. */
  public List<String> problems() {
    return problems;
  }
}
