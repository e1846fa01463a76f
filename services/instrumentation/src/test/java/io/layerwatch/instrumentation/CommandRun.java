package io.layerwatch.instrumentation;

import io.layerwatch.runtime.process.CommandErrors;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/** A command that has run: its exit code and what it printed. */
public record CommandRun(int code, String out, String err) {

  public static CommandRun of(Object command, List<String> arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(command)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .setExecutionExceptionHandler(new CommandErrors())
            .setParameterExceptionHandler(new CommandErrors())
            .execute(arguments.toArray(String[]::new));
    return new CommandRun(code, out.toString(), err.toString());
  }
}
