package io.layerwatch.instrumentation.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a template computes with: {@link String}, {@link Long}, {@link Double}, {@link Boolean},
 * {@link List}, {@link Map} with text keys, {@link #NONE}, {@link Undefined}, and {@link Function}.
 * They behave as Python's do.
 */
final class Values {

  /** Python's None. */
  static final Object NONE =
      new Object() {
        @Override
        public String toString() {
          return "None";
        }
      };

  private Values() {}

  /** What is not there: prints nothing, is false, and has no parts. */
  record Undefined(String name) {}

  /** What can be called. */
  @FunctionalInterface
  interface Function {
    Object call(Frame frame, Arguments arguments);
  }

  /** What {@code namespace()} makes: a map whose entries {@code set} changes. */
  record Namespace(Map<String, Object> entries) {}

  /** Arguments of a call. */
  record Arguments(List<Object> positional, Map<String, Object> named) {

    Object get(int index, String name, Object otherwise) {
      return index < positional.size()
          ? positional.get(index)
          : named.getOrDefault(name, otherwise);
    }

    Object require(int index, String name) {
      if (index >= positional.size() && !named.containsKey(name)) {
        throw new JinjaException("expected an argument " + name);
      }
      return get(index, name, NONE);
    }
  }

  static boolean isTrue(Object value) {
    if (value instanceof Boolean flag) {
      return flag;
    }
    if (value instanceof Long number) {
      return number != 0;
    }
    if (value instanceof Double number) {
      return number != 0;
    }
    if (value instanceof String text) {
      return !text.isEmpty();
    }
    if (value instanceof List<?> list) {
      return !list.isEmpty();
    }
    if (value instanceof Map<?, ?> map) {
      return !map.isEmpty();
    }
    return value != NONE && !(value instanceof Undefined);
  }

  static boolean areEqual(Object a, Object b) {
    if (isNumber(a) && isNumber(b)) {
      return (a instanceof Long && b instanceof Long) ? a.equals(b) : number(a) == number(b);
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      if (x.size() != y.size()) {
        return false;
      }
      for (int i = 0; i < x.size(); i++) {
        if (!areEqual(x.get(i), y.get(i))) {
          return false;
        }
      }
      return true;
    }
    if (a instanceof Undefined && b instanceof Undefined) {
      return true;
    }
    return a.equals(b);
  }

  static int compare(Object a, Object b) {
    if (isNumber(a) && isNumber(b)) {
      return a instanceof Long x && b instanceof Long y
          ? Long.compare(x, y)
          : Double.compare(number(a), number(b));
    }
    if (a instanceof String x && b instanceof String y) {
      return x.compareTo(y);
    }
    throw new JinjaException(
        "expected two numbers or two texts to compare, got " + kind(a) + " and " + kind(b));
  }

  static boolean isNumber(Object value) {
    return value instanceof Long || value instanceof Double || value instanceof Boolean;
  }

  static double number(Object value) {
    if (value instanceof Long number) {
      return number;
    }
    if (value instanceof Double number) {
      return number;
    }
    if (value instanceof Boolean flag) {
      return flag ? 1 : 0;
    }
    throw new JinjaException("expected a number, got " + kind(value));
  }

  static int index(Object value) {
    if (value instanceof Long number && Math.abs(number) <= Integer.MAX_VALUE) {
      return Math.toIntExact(number);
    }
    throw new JinjaException("expected a whole number, got " + kind(value));
  }

  static String requireText(Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new JinjaException("expected a text, got " + kind(value));
  }

  /** The parts of a value that can be looped over. */
  static List<Object> items(Object value) {
    if (value instanceof List<?> list) {
      return new ArrayList<>(list);
    }
    if (value instanceof Map<?, ?> map) {
      return new ArrayList<>(map.keySet());
    }
    if (value instanceof String text) {
      return text.codePoints().mapToObj(c -> (Object) Character.toString(c)).toList();
    }
    if (value instanceof Undefined) {
      return List.of();
    }
    throw new JinjaException("expected a list, got " + kind(value));
  }

  /** What is wrong in a sentence names the kind and never the content. */
  static String kind(Object value) {
    if (value instanceof Undefined undefined) {
      return "nothing (" + undefined.name() + " is undefined)";
    }
    if (value == NONE) {
      return "none";
    }
    if (value instanceof String) {
      return "a text";
    }
    if (isNumber(value)) {
      return "a number";
    }
    return value instanceof List<?>
        ? "a list"
        : value instanceof Map<?, ?> ? "a map" : "a function";
  }

  /** As Python's {@code str()}. */
  static String print(Object value) {
    if (value instanceof String text) {
      return text;
    }
    return value instanceof Undefined ? "" : literal(value);
  }

  /** As Python's {@code repr()}. */
  static String literal(Object value) {
    if (value instanceof String text) {
      return quoted(text);
    }
    if (value instanceof Boolean flag) {
      return flag ? "True" : "False";
    }
    if (value instanceof List<?> list) {
      return "[" + String.join(", ", list.stream().map(Values::literal).toList()) + "]";
    }
    if (value instanceof Map<?, ?> map) {
      List<String> entries = new ArrayList<>();
      map.forEach((key, entry) -> entries.add(literal(key) + ": " + literal(entry)));
      return "{" + String.join(", ", entries) + "}";
    }
    if (value instanceof Long || value instanceof Double || value == NONE) {
      return value.toString();
    }
    if (value instanceof Undefined) {
      return "Undefined";
    }
    throw new JinjaException("expected a value to print, got " + kind(value));
  }

  private static String quoted(String text) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    String escaped =
        text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");
    return quote + (quote == '\'' ? escaped.replace("'", "\\'") : escaped) + quote;
  }
}
