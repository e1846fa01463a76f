package io.layerwatch.runtime.process;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import picocli.CommandLine;

/** Runs a command as the {@code main} methods do. */
public final class Commands {

  private Commands() {}

  /**
   * Runs it and returns the process's exit code.
   *
   * @param name as messages name it, such as {@code layerwatch score}
   */
  public static int execute(String name, Object command, String... arguments) {
    CommandErrors errors = new CommandErrors();
    return new CommandLine(command)
        .setCommandName(name)
        // Now: a command may divert standard error.
        .setErr(new PrintWriter(System.err, true, Charset.defaultCharset()))
        .setExecutionExceptionHandler(errors)
        .setParameterExceptionHandler(errors)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .execute(arguments);
  }
}
