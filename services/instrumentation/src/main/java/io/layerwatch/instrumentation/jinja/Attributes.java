package io.layerwatch.instrumentation.jinja;

import io.layerwatch.instrumentation.jinja.Values.Namespace;
import io.layerwatch.instrumentation.jinja.Values.Undefined;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code value.name} and {@code value[key]} are. Methods are a fixed list of Python's. */
final class Attributes {

  private Attributes() {}

  /** A method, or an entry of a map; Python's methods of maps go first, as in Jinja. */
  static Object attribute(Object target, String name) {
    if (target instanceof Namespace namespace) {
      return namespace.entries().getOrDefault(name, new Undefined(name));
    }
    Optional<Values.Function> method = Methods.of(target, name);
    return method.isPresent() ? method.get() : item(target, name);
  }

  static Object item(Object target, Object key) {
    if (target instanceof Undefined undefined) {
      throw new JinjaException(undefined.name() + " is undefined, so it has no parts");
    }
    if (target instanceof Map<?, ?> map) {
      Object value = key instanceof String ? map.get(key) : null;
      return value == null ? new Undefined(Values.print(key)) : value;
    }
    if (key instanceof Long index) {
      if (target instanceof List<?> list) {
        return at(list, index);
      }
      if (target instanceof String) {
        return at(Values.items(target), index);
      }
    }
    return new Undefined(Values.print(key));
  }

  private static Object at(List<?> list, long index) {
    long at = index < 0 ? index + list.size() : index;
    return at >= 0 && at < list.size() ? list.get((int) at) : new Undefined("item " + index);
  }

  /** Python's slice; bounds that are none are the ends. */
  static Object slice(Object target, Object from, Object to, Object step, Frame frame) {
    if (!(target instanceof List<?>) && !(target instanceof String)) {
      throw new JinjaException("expected a list or a text to slice, got " + Values.kind(target));
    }
    List<Object> items = Values.items(target);
    frame.spend(items.size());
    int by = step == Values.NONE ? 1 : Values.index(step);
    if (by == 0) {
      throw new JinjaException("expected a step other than 0");
    }
    int size = items.size();
    int lowest = by > 0 ? 0 : -1;
    int highest = by > 0 ? size : size - 1;
    int start =
        from == Values.NONE ? (by > 0 ? lowest : highest) : bound(from, size, lowest, highest);
    int end = to == Values.NONE ? (by > 0 ? highest : lowest) : bound(to, size, lowest, highest);
    List<Object> result = new ArrayList<>();
    for (long i = start; by > 0 ? i < end : i > end; i += by) {
      result.add(items.get((int) i));
    }
    return target instanceof String
        ? String.join("", result.stream().map(Values::print).toList())
        : result;
  }

  private static int bound(Object value, int size, int lowest, int highest) {
    int index = Values.index(value);
    return Math.max(lowest, Math.min(highest, index < 0 ? index + size : index));
  }
}
