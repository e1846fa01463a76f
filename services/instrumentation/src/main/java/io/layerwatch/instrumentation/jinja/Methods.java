package io.layerwatch.instrumentation.jinja;

import io.layerwatch.instrumentation.jinja.Values.Arguments;
import io.layerwatch.instrumentation.jinja.Values.Undefined;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Python's methods of texts and maps, those that change nothing. */
final class Methods {

  private static final Set<String> OF_TEXTS =
      Set.of(
          "strip",
          "lstrip",
          "rstrip",
          "split",
          "rsplit",
          "splitlines",
          "startswith",
          "endswith",
          "upper",
          "lower",
          "title",
          "capitalize",
          "replace",
          "find",
          "rfind",
          "count",
          "join",
          "isdigit",
          "isspace",
          "removeprefix",
          "removesuffix");

  private static final Set<String> OF_MAPS = Set.of("get", "items", "keys", "values");

  private Methods() {}

  static Optional<Values.Function> of(Object target, String name) {
    if (target instanceof String text && OF_TEXTS.contains(name)) {
      return Optional.of(
          (frame, arguments) -> {
            frame.spend(text.length());
            return call(text, name, arguments, frame);
          });
    }
    if (target instanceof Map<?, ?> map && OF_MAPS.contains(name)) {
      return Optional.of(
          (frame, arguments) -> {
            frame.spend(map.size());
            return call(map, name, arguments);
          });
    }
    return Optional.empty();
  }

  private static Object call(Map<?, ?> map, String name, Arguments arguments) {
    return switch (name) {
      case "get" -> {
        Object value = map.get(Values.print(arguments.require(0, "key")));
        yield value == null ? arguments.get(1, "default", Values.NONE) : value;
      }
      case "items" -> entries(map);
      case "keys" -> new ArrayList<Object>(map.keySet());
      default -> new ArrayList<Object>(map.values());
    };
  }

  static List<Object> entries(Map<?, ?> map) {
    List<Object> entries = new ArrayList<>();
    map.forEach((key, value) -> entries.add(List.of(key, value)));
    return entries;
  }

  private static Object call(String text, String name, Arguments arguments, Frame frame) {
    return switch (name) {
      case "strip" -> stripped(text, arguments, true, true);
      case "lstrip" -> stripped(text, arguments, true, false);
      case "rstrip" -> stripped(text, arguments, false, true);
      case "split", "rsplit" -> split(text, arguments, name.equals("rsplit"), frame);
      case "splitlines" -> lines(text, frame);
      case "startswith" -> affixes(arguments).stream().anyMatch(text::startsWith);
      case "endswith" -> affixes(arguments).stream().anyMatch(text::endsWith);
      case "upper" -> text.toUpperCase(java.util.Locale.ROOT);
      case "lower" -> text.toLowerCase(java.util.Locale.ROOT);
      case "title" -> title(text);
      case "capitalize" -> capitalized(text);
      case "replace" ->
          replaced(
              text,
              Values.requireText(arguments.require(0, "old")),
              Values.requireText(arguments.require(1, "new")),
              frame);
      case "find" -> (long) text.indexOf(first(arguments));
      case "rfind" -> (long) text.lastIndexOf(first(arguments));
      case "count" -> count(text, first(arguments));
      case "join" -> joined(text, Values.items(arguments.require(0, "iterable")), frame);
      case "isdigit" -> !text.isEmpty() && text.chars().allMatch(Character::isDigit);
      case "isspace" -> !text.isEmpty() && text.isBlank();
      case "removeprefix" ->
          text.startsWith(first(arguments)) ? text.substring(first(arguments).length()) : text;
      default ->
          text.endsWith(first(arguments))
              ? text.substring(0, text.length() - first(arguments).length())
              : text;
    };
  }

  private static String first(Arguments arguments) {
    return Values.requireText(arguments.require(0, "text"));
  }

  private static List<String> affixes(Arguments arguments) {
    Object given = arguments.require(0, "text");
    return given instanceof List<?> list
        ? list.stream().map(Values::requireText).toList()
        : List.of(Values.requireText(given));
  }

  static String stripped(String text, Arguments arguments, boolean left, boolean right) {
    Object given = arguments.get(0, "chars", Values.NONE);
    int start = 0;
    int end = text.length();
    while (left && start < end && isStripped(text.charAt(start), given)) {
      start++;
    }
    while (right && end > start && isStripped(text.charAt(end - 1), given)) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean isStripped(char c, Object given) {
    return (given == Values.NONE || given instanceof Undefined)
        ? (Character.isWhitespace(c) || Character.isSpaceChar(c))
        : Values.requireText(given).indexOf(c) >= 0;
  }

  private static List<Object> split(
      String text, Arguments arguments, boolean fromRight, Frame frame) {
    Object given = arguments.get(0, "sep", Values.NONE);
    int most = Values.index(arguments.get(1, "maxsplit", -1L));
    List<Object> parts = new ArrayList<>();
    if (given == Values.NONE) {
      for (String part : text.strip().split("\\s+", most < 0 ? 0 : most + 1)) {
        if (!part.isEmpty()) {
          parts.add(part);
        }
      }
    } else {
      String separator = Values.requireText(given);
      if (separator.isEmpty()) {
        throw new JinjaException("split: expected a separator that is not empty");
      }
      splitAt(text, separator, most < 0 ? Integer.MAX_VALUE : most, fromRight, parts);
    }
    frame.spend(parts.size());
    return parts;
  }

  private static void splitAt(
      String text, String separator, int most, boolean fromRight, List<Object> parts) {
    String rest = text;
    if (fromRight) {
      int at = rest.lastIndexOf(separator);
      while (at >= 0 && parts.size() < most) {
        parts.add(0, rest.substring(at + separator.length()));
        rest = rest.substring(0, at);
        at = rest.lastIndexOf(separator);
      }
      parts.add(0, rest);
      return;
    }
    int start = 0;
    int at = text.indexOf(separator);
    while (at >= 0 && parts.size() < most) {
      parts.add(text.substring(start, at));
      start = at + separator.length();
      at = text.indexOf(separator, start);
    }
    parts.add(text.substring(start));
  }

  private static List<Object> lines(String text, Frame frame) {
    List<Object> lines = new ArrayList<>(text.lines().toList());
    frame.spend(lines.size());
    return lines;
  }

  static String capitalized(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(java.util.Locale.ROOT)
            + text.substring(1).toLowerCase(java.util.Locale.ROOT);
  }

  static String title(String text) {
    StringBuilder result = new StringBuilder();
    boolean inside = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      result.append(inside ? Character.toLowerCase(c) : Character.toUpperCase(c));
      inside = Character.isLetter(c);
    }
    return result.toString();
  }

  static String replaced(String text, String old, String replacement, Frame frame) {
    long found = old.isEmpty() ? text.length() + 1L : count(text, old);
    frame.spend(text.length() + found * replacement.length());
    return text.replace(old, replacement);
  }

  private static long count(String text, String part) {
    long count = 0;
    for (int at = text.indexOf(part); at >= 0 && !part.isEmpty(); at = text.indexOf(part, at)) {
      count++;
      at += part.length();
    }
    return count;
  }

  static String joined(String separator, List<Object> items, Frame frame) {
    List<String> texts = new ArrayList<>();
    for (Object item : items) {
      String text = Values.print(item);
      frame.spend(text.length() + separator.length() + 1L);
      texts.add(text);
    }
    return String.join(separator, texts);
  }
}
