package io.layerwatch.instrumentation.jinja;

import io.layerwatch.instrumentation.jinja.Values.Arguments;
import io.layerwatch.instrumentation.jinja.Values.Undefined;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What {@code is} asks. */
final class Tests {

  private static final Map<String, String> COMPARISONS =
      Map.ofEntries(
          Map.entry("eq", "=="),
          Map.entry("equalto", "=="),
          Map.entry("ne", "!="),
          Map.entry("lt", "<"),
          Map.entry("lessthan", "<"),
          Map.entry("le", "<="),
          Map.entry("gt", ">"),
          Map.entry("greaterthan", ">"),
          Map.entry("ge", ">="),
          Map.entry("in", "in"));

  private static final Set<String> OTHERS =
      Set.of(
          "defined",
          "undefined",
          "none",
          "string",
          "number",
          "integer",
          "float",
          "boolean",
          "true",
          "false",
          "mapping",
          "sequence",
          "iterable",
          "callable",
          "odd",
          "even",
          "divisibleby",
          "lower",
          "upper");

  private Tests() {}

  static void requireKnown(String name) {
    if (!COMPARISONS.containsKey(name) && !OTHERS.contains(name)) {
      throw new JinjaException("is " + name + ": expected a test that Jinja has");
    }
  }

  static boolean holds(String name, Object value, Arguments arguments) {
    if (COMPARISONS.containsKey(name)) {
      return Operators.compare(COMPARISONS.get(name), value, arguments.require(0, "other"));
    }
    boolean text = value instanceof String;
    boolean map = value instanceof Map<?, ?>;
    boolean list = value instanceof List<?>;
    return switch (name) {
      case "defined" -> !(value instanceof Undefined);
      case "undefined" -> value instanceof Undefined;
      case "none" -> value == Values.NONE;
      case "string" -> text;
      case "number" -> Values.isNumber(value);
      case "integer" -> value instanceof Long;
      case "float" -> value instanceof Double;
      case "boolean" -> value instanceof Boolean;
      case "true" -> Boolean.TRUE.equals(value);
      case "false" -> Boolean.FALSE.equals(value);
      case "mapping" -> map;
      case "sequence" -> text || map || list;
      case "iterable" -> text || map || list || value instanceof Undefined;
      case "callable" -> value instanceof Values.Function;
      case "odd" -> Math.floorMod(Values.index(value), 2) == 1;
      case "even" -> Math.floorMod(Values.index(value), 2) == 0;
      case "divisibleby" ->
          Operators.whole("%", Values.index(value), Values.index(arguments.require(0, "num"))) == 0;
      case "lower" -> text && value.equals(((String) value).toLowerCase(Locale.ROOT));
      default -> text && value.equals(((String) value).toUpperCase(Locale.ROOT));
    };
  }
}
