package io.layerwatch.runtime.process;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;

/** What is wrong with a text that is no JSON, and where, without the parser's words on itself. */
public final class JsonProblem {

  private static final String SOURCE =
      "\\s*\\((start marker )?at \\[Source: .*?\\]\\)|\\[Source: .*?\\]";

  private JsonProblem() {}

  /** In a file or a message of several lines. */
  public static String of(IOException thrown) {
    JsonLocation location = location(thrown);
    return words(thrown)
        + (location.getLineNr() < 1
            ? ""
            : " at line " + location.getLineNr() + ", column " + location.getColumnNr());
  }

  /** In a single line. */
  public static String inLine(IOException thrown) {
    JsonLocation location = location(thrown);
    return words(thrown)
        + (location.getColumnNr() < 1 ? "" : " at column " + location.getColumnNr());
  }

  private static String words(IOException thrown) {
    return thrown instanceof JsonProcessingException problem
        ? problem.getOriginalMessage().replaceAll(SOURCE, "")
        : String.valueOf(thrown.getMessage());
  }

  private static JsonLocation location(IOException thrown) {
    return thrown instanceof JsonProcessingException problem && problem.getLocation() != null
        ? problem.getLocation()
        : JsonLocation.NA;
  }
}
