package io.layerwatch.instrumentation.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A part of a template that has a value. */
@FunctionalInterface
interface Expression {

  Object in(Frame frame);

  /** The arguments of a call, a filter or a test. */
  record ArgumentList(List<Expression> positional, Map<String, Expression> named) {

    static final ArgumentList NONE = new ArgumentList(List.of(), Map.of());

    Values.Arguments in(Frame frame) {
      List<Object> values = new ArrayList<>();
      positional.forEach(argument -> values.add(argument.in(frame)));
      Map<String, Object> byName = new LinkedHashMap<>();
      named.forEach((name, argument) -> byName.put(name, argument.in(frame)));
      return new Values.Arguments(values, byName);
    }
  }
}
