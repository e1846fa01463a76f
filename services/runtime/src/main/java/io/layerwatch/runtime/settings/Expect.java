package io.layerwatch.runtime.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.common.config.ConfigDef.Validator;
import org.apache.kafka.common.config.ConfigException;

/** Validators for ConfigDef whose messages say what was expected. */
public final class Expect {

  private Expect() {}

  public static Validator positiveDuration() {
    return duration(
        "a positive duration such as 5s", length -> !length.isZero() && !length.isNegative());
  }

  public static Validator duration() {
    return duration("a duration such as 5s", length -> !length.isNegative());
  }

  private static Validator duration(String expected, Predicate<Duration> accepted) {
    return value(
        expected,
        text ->
            Durations.parse(text)
                .filter(accepted)
                .filter(length -> length.compareTo(Duration.ofDays(3650)) <= 0)
                // Time is counted in milliseconds; a part of one would be cut off silently.
                .filter(length -> length.toNanosPart() % 1_000_000 == 0)
                .isPresent());
  }

  /** A text that is not blank. */
  public static Validator text() {
    return value("a text", text -> !text.isBlank());
  }

  /** Addresses that could be shown to anybody. */
  public static Validator addressesWithoutCredentials() {
    return value(
        "addresses without user and password, which schema.registry.basic.auth.user.info takes",
        text -> !text.isBlank() && Shown.of(text).equals(text));
  }

  public static Validator port() {
    return value(
        "a port from 0 to 65535, or one such as \"8000 or any\"",
        text -> Port.parse(text).isPresent());
  }

  public static Validator atLeast(double least) {
    return number(plain(least) + " or more", number -> number >= least);
  }

  public static Validator positive() {
    return number("a number above 0", number -> number > 0);
  }

  /** A share from 0 to 1. */
  public static Validator share() {
    return number("a number from 0 to 1", number -> number >= 0 && number <= 1);
  }

  /** A share that is neither nothing nor all. */
  public static Validator properShare() {
    return number("a number between 0 and 1", number -> number > 0 && number < 1);
  }

  /** A share that is not nothing. */
  public static Validator positiveShare() {
    return number("a number above 0, at most 1", number -> number > 0 && number <= 1);
  }

  public static Validator oneOf(Collection<String> allowed) {
    return value("one of " + String.join(", ", allowed), allowed::contains);
  }

  /** A text of that form, which the words describe. */
  public static Validator matching(String expected, String regex) {
    return value(expected, text -> text.matches(regex));
  }

  /** A list, each of whose items is allowed. */
  public static Validator someOf(Collection<String> allowed) {
    return list(
        "a list of " + String.join(", ", allowed),
        items -> !items.isEmpty() && allowed.containsAll(items));
  }

  public static Validator ascendingNumbers() {
    return list(
        "positive ascending numbers",
        items -> {
          double before = 0;
          for (String item : items) {
            double number = parse(item);
            if (!(number > before) || Double.isInfinite(number)) {
              return false;
            }
            before = number;
          }
          return !items.isEmpty();
        });
  }

  public static Validator wholeNumbers() {
    return list(
        "whole numbers, 0 or more", items -> items.stream().allMatch(i -> i.matches("\\d{1,9}")));
  }

  /** A list of files, which may be empty. */
  public static Validator files() {
    return list(
        "files that can be read",
        items -> items.stream().map(Path::of).allMatch(Expect::isReadableFile));
  }

  private static boolean isReadableFile(Path path) {
    return Files.isRegularFile(path) && Files.isReadable(path);
  }

  private static double parse(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }

  private static Validator number(String expected, Predicate<Double> accepted) {
    return new Expectation(
        expected, value -> value instanceof Number n && accepted.test(n.doubleValue()));
  }

  private static Validator value(String expected, Predicate<String> accepted) {
    return new Expectation(expected, value -> value instanceof String text && accepted.test(text));
  }

  private static Validator list(String expected, Predicate<List<String>> accepted) {
    return new Expectation(
        expected,
        value ->
            value instanceof List<?> items
                && accepted.test(items.stream().map(String::valueOf).map(String::trim).toList()));
  }

  /** Shown by ConfigDef in generated documentation, too. */
  private record Expectation(String expected, Predicate<Object> accepted) implements Validator {

    @Override
    public void ensureValid(String key, Object value) {
      if (!accepted.test(value)) {
        throw new ConfigException(
            key + ": expected " + expected + ", got \"" + Shown.of(shown(value)) + "\"");
      }
    }

    private static String shown(Object value) {
      return value instanceof List<?> items
          ? String.join(",", items.stream().map(String::valueOf).toList())
          : String.valueOf(value);
    }

    @Override
    public String toString() {
      return expected;
    }
  }
}
