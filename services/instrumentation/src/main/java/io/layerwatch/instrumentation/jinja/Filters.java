package io.layerwatch.instrumentation.jinja;

import io.layerwatch.instrumentation.jinja.Values.Arguments;
import io.layerwatch.instrumentation.jinja.Values.Undefined;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What stands after a bar: Jinja's filters, as far as chat templates use them. */
final class Filters {

  /** A filter's work on a value. */
  @FunctionalInterface
  private interface Filter {
    Object apply(Object value, Arguments arguments, Frame frame);
  }

  private static final Map<String, Filter> BY_NAME = new LinkedHashMap<>();

  static {
    texts();
    lists();
    selections();
    BY_NAME.put("default", (value, arguments, frame) -> otherwise(value, arguments));
    BY_NAME.put("d", (value, arguments, frame) -> otherwise(value, arguments));
    BY_NAME.put("int", (value, arguments, frame) -> whole(value, arguments));
    BY_NAME.put("float", (value, arguments, frame) -> real(value, arguments));
    BY_NAME.put("abs", (value, arguments, frame) -> absolute(value));
    BY_NAME.put("tojson", (value, arguments, frame) -> ToJson.write(value, arguments, frame));
  }

  private Filters() {}

  static void requireKnown(String name) {
    if (!BY_NAME.containsKey(name)) {
      throw new JinjaException("| " + name + ": expected one of " + BY_NAME.keySet());
    }
  }

  static Object apply(String name, Object value, Arguments arguments, Frame frame) {
    frame.spend(size(value) + 1);
    return BY_NAME.get(name).apply(value, arguments, frame);
  }

  private static long size(Object value) {
    return value instanceof String text
        ? text.length()
        : value instanceof List<?> list ? list.size() : 0;
  }

  private static void texts() {
    BY_NAME.put("trim", (v, a, frame) -> Methods.stripped(Values.print(v), a, true, true));
    BY_NAME.put("upper", (v, a, frame) -> Values.print(v).toUpperCase(Locale.ROOT));
    BY_NAME.put("lower", (v, a, frame) -> Values.print(v).toLowerCase(Locale.ROOT));
    BY_NAME.put("title", (v, a, frame) -> Methods.title(Values.print(v)));
    BY_NAME.put("capitalize", (v, a, frame) -> Methods.capitalized(Values.print(v)));
    BY_NAME.put("string", (v, a, frame) -> Values.print(v));
    BY_NAME.put("safe", (v, a, frame) -> Values.print(v));
    BY_NAME.put(
        "replace",
        (v, a, frame) ->
            Methods.replaced(
                Values.print(v),
                Values.print(a.require(0, "old")),
                Values.print(a.require(1, "new")),
                frame));
    BY_NAME.put("indent", (v, a, frame) -> indented(Values.print(v), a, frame));
    BY_NAME.put(
        "join",
        (v, a, frame) -> {
          List<Object> items = Values.items(v);
          Object attribute = a.get(1, "attribute", Values.NONE);
          if (attribute != Values.NONE) {
            items = mapped(items, Values.print(attribute));
          }
          return Methods.joined(Values.print(a.get(0, "d", "")), items, frame);
        });
  }

  private static void lists() {
    BY_NAME.put("length", (v, a, frame) -> length(v));
    BY_NAME.put("count", (v, a, frame) -> length(v));
    BY_NAME.put("list", (v, a, frame) -> Values.items(v));
    BY_NAME.put("first", (v, a, frame) -> Attributes.item(Values.items(v), 0L));
    BY_NAME.put("last", (v, a, frame) -> Attributes.item(Values.items(v), -1L));
    BY_NAME.put("reverse", (v, a, frame) -> reversed(v));
    BY_NAME.put("items", (v, a, frame) -> v instanceof Undefined ? List.of() : entries(v));
    BY_NAME.put(
        "dictsort",
        (v, a, frame) -> {
          if (v instanceof Map<?, ?> map) {
            Map<String, Object> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            map.forEach((key, value) -> sorted.put(Values.print(key), value));
            return Methods.entries(sorted);
          }
          throw new JinjaException("| dictsort: expected a map, got " + Values.kind(v));
        });
    BY_NAME.put("sort", (v, a, frame) -> sorted(v, a));
    BY_NAME.put("unique", (v, a, frame) -> unique(Values.items(v), frame));
    BY_NAME.put("min", (v, a, frame) -> Collections.min(Values.items(v), Values::compare));
    BY_NAME.put("max", (v, a, frame) -> Collections.max(Values.items(v), Values::compare));
    BY_NAME.put(
        "sum",
        (v, a, frame) -> {
          Object sum = 0L;
          for (Object item : Values.items(v)) {
            sum = Operators.apply("+", sum, item, frame);
          }
          return sum;
        });
    BY_NAME.put(
        "map",
        (v, a, frame) -> {
          if (a.named().containsKey("attribute")) {
            return mapped(Values.items(v), Values.print(a.named().get("attribute")));
          }
          String name = Values.print(a.require(0, "filter"));
          requireKnown(name);
          Arguments rest = rest(a, 1);
          List<Object> result = new ArrayList<>();
          Values.items(v).forEach(item -> result.add(apply(name, item, rest, frame)));
          return result;
        });
  }

  private static void selections() {
    BY_NAME.put("select", (v, a, frame) -> selected(v, a, false, true, frame));
    BY_NAME.put("reject", (v, a, frame) -> selected(v, a, false, false, frame));
    BY_NAME.put("selectattr", (v, a, frame) -> selected(v, a, true, true, frame));
    BY_NAME.put("rejectattr", (v, a, frame) -> selected(v, a, true, false, frame));
  }

  private static List<Object> selected(
      Object value, Arguments arguments, boolean byAttribute, boolean wanted, Frame frame) {
    int at = byAttribute ? 1 : 0;
    String attribute = byAttribute ? Values.print(arguments.require(0, "attribute")) : "";
    boolean tested = arguments.positional().size() > at;
    String test = tested ? Values.print(arguments.positional().get(at)) : "";
    if (tested) {
      requireTest(test);
    }
    Arguments rest = rest(arguments, at + 1);
    List<Object> result = new ArrayList<>();
    for (Object item : Values.items(value)) {
      frame.spend(1);
      Object held = byAttribute ? Attributes.item(item, attribute) : item;
      boolean holds =
          tested ? Tests.holds(COMPARED.getOrDefault(test, test), held, rest) : Values.isTrue(held);
      if (holds == wanted) {
        result.add(item);
      }
    }
    return result;
  }

  /** Tests that have a sign as their name, too. */
  private static final Map<String, String> COMPARED =
      Map.of("==", "eq", "!=", "ne", "<", "lt", "<=", "le", ">", "gt", ">=", "ge");

  private static void requireTest(String test) {
    Tests.requireKnown(COMPARED.getOrDefault(test, test));
  }

  private static Arguments rest(Arguments arguments, int from) {
    List<Object> all = arguments.positional();
    return new Arguments(all.subList(Math.min(from, all.size()), all.size()), arguments.named());
  }

  private static List<Object> mapped(List<Object> items, String attribute) {
    List<Object> result = new ArrayList<>();
    items.forEach(item -> result.add(Attributes.item(item, attribute)));
    return result;
  }

  private static Object otherwise(Object value, Arguments arguments) {
    boolean alsoFalse = Values.isTrue(arguments.get(1, "boolean", false));
    return value instanceof Undefined || (alsoFalse && !Values.isTrue(value))
        ? arguments.get(0, "default_value", "")
        : value;
  }

  private static Object whole(Object value, Arguments arguments) {
    try {
      return value instanceof String text
          ? Long.valueOf(text.strip())
          : Long.valueOf((long) Values.number(value));
    } catch (NumberFormatException | JinjaException e) {
      return arguments.get(0, "default", 0L);
    }
  }

  private static Object real(Object value, Arguments arguments) {
    try {
      return value instanceof String text ? Double.valueOf(text) : (Object) Values.number(value);
    } catch (NumberFormatException | JinjaException e) {
      return arguments.get(0, "default", 0.0);
    }
  }

  private static Object absolute(Object value) {
    return value instanceof Long number
        ? (Object) Math.abs(number)
        : (Object) Math.abs(Values.number(value));
  }

  private static long length(Object value) {
    return value instanceof Map<?, ?> map ? map.size() : Values.items(value).size();
  }

  private static Object reversed(Object value) {
    List<Object> items = new ArrayList<>(Values.items(value));
    Collections.reverse(items);
    return value instanceof String
        ? String.join("", items.stream().map(Values::print).toList())
        : items;
  }

  private static List<Object> entries(Object value) {
    if (value instanceof Map<?, ?> map) {
      return Methods.entries(map);
    }
    throw new JinjaException("| items: expected a map, got " + Values.kind(value));
  }

  private static List<Object> sorted(Object value, Arguments arguments) {
    List<Object> items = new ArrayList<>(Values.items(value));
    Object attribute = arguments.get(2, "attribute", Values.NONE);
    items.sort(
        (a, b) ->
            attribute == Values.NONE
                ? Values.compare(a, b)
                : Values.compare(
                    Attributes.item(a, Values.print(attribute)),
                    Attributes.item(b, Values.print(attribute))));
    if (Values.isTrue(arguments.get(0, "reverse", false))) {
      Collections.reverse(items);
    }
    return items;
  }

  private static List<Object> unique(List<Object> items, Frame frame) {
    List<Object> result = new ArrayList<>();
    for (Object item : items) {
      frame.spend(result.size());
      if (result.stream().noneMatch(other -> Values.areEqual(other, item))) {
        result.add(item);
      }
    }
    return result;
  }

  private static String indented(String text, Arguments arguments, Frame frame) {
    Object width = arguments.get(0, "width", 4L);
    String indent =
        width instanceof String given ? given : " ".repeat(Math.min(80, Values.index(width)));
    boolean first = Values.isTrue(arguments.get(1, "first", false));
    String[] lines = text.split("\n", -1);
    StringBuilder result = new StringBuilder();
    for (int i = 0; i < lines.length; i++) {
      frame.spend(indent.length() + lines[i].length() + 1L);
      result
          .append(i == 0 ? "" : "\n")
          .append((i == 0 ? first : !lines[i].isEmpty()) ? indent : "")
          .append(lines[i]);
    }
    return result.toString();
  }
}
