package io.layerwatch.runtime.process;

import io.layerwatch.runtime.settings.InvalidSettingsException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What a failed command prints on standard error, and its exit code: 2 for wrong usage or settings,
 * 1 for anything else. Wrong usage is its message and where to find the right one. An error meant
 * for the operator is its message; anything unforeseen comes with its stack trace.
 */
public final class CommandErrors implements IExecutionExceptionHandler, IParameterExceptionHandler {

  @Override
  public int handleParseException(ParameterException wrong, String[] arguments) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(command.getColorScheme().errorText(wrong.getMessage()));
    UnmatchedArgumentException.printSuggestions(wrong, err);
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    return CommandLine.ExitCode.USAGE;
  }

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
