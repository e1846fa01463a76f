package io.layerwatch.runtime.process;

import io.layerwatch.runtime.settings.InvalidSettingsException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * What a failed command prints on standard error, and its exit code: 2 for wrong usage or settings,
 * 1 for anything else. An error meant for the operator is its message; anything unforeseen comes
 * with its stack trace.
 */
public final class CommandErrors implements IExecutionExceptionHandler {

  @Override
  public int handleExecutionException(Exception thrown, CommandLine command, ParseResult parsed) {
    if (thrown instanceof StoppingException) {
      return CommandLine.ExitCode.OK;
    }
    PrintWriter err = command.getErr();
    if (thrown instanceof InvalidSettingsException settings) {
      err.println(command.getCommandSpec().qualifiedName() + ": wrong options or settings:");
      settings.problems().forEach(problem -> err.println("  " + problem));
      err.flush();
      return CommandLine.ExitCode.USAGE;
    }
    if (isForOperator(thrown)) {
      err.println("layerwatch: " + thrown.getMessage());
    } else {
      err.println("layerwatch failed unexpectedly:");
      thrown.printStackTrace(err);
    }
    err.flush();
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static boolean isForOperator(Exception thrown) {
    return thrown instanceof StartException || thrown instanceof OperatorError;
  }

  /** Marks exceptions whose message is one sentence for the operator. */
  public interface OperatorError {}
}
