package io.layerwatch.instrumentation.jinja;

import io.layerwatch.instrumentation.jinja.Values.Undefined;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** for names in list if condition: body, else: otherwise. */
record Loop(
    List<String> names,
    Expression list,
    Optional<Expression> condition,
    Statement body,
    Statement otherwise)
    implements Statement {

  private static final int WORK_OF_AN_ITERATION = 16;

  @Override
  public Next render(Frame frame) {
    List<Object> items = new ArrayList<>();
    for (Object item : Values.items(list.in(frame))) {
      frame.spend(1);
      if (condition.isEmpty() || isWanted(item, frame)) {
        items.add(item);
      }
    }
    if (items.isEmpty()) {
      return otherwise.render(frame.inner());
    }
    for (int i = 0; i < items.size(); i++) {
      frame.spend(WORK_OF_AN_ITERATION);
      Frame inside = frame.inner();
      bind(names, items.get(i), inside);
      inside.set("loop", position(items, i));
      if (body.render(inside) == Next.LOOP_END) {
        break;
      }
    }
    return Next.STATEMENT;
  }

  private boolean isWanted(Object item, Frame frame) {
    Frame inside = frame.inner();
    bind(names, item, inside);
    return Values.isTrue(condition.orElseThrow().in(inside));
  }

  /** Sets one name, or several to the parts of a list. */
  static void bind(List<String> names, Object value, Frame frame) {
    if (names.size() == 1) {
      frame.set(names.get(0), value);
      return;
    }
    List<Object> parts = Values.items(value);
    if (parts.size() != names.size()) {
      throw new JinjaException("expected " + names.size() + " values, got " + parts.size());
    }
    for (int i = 0; i < parts.size(); i++) {
      frame.set(names.get(i), parts.get(i));
    }
  }

  private static Map<String, Object> position(List<Object> items, int index) {
    Map<String, Object> loop = new HashMap<>();
    loop.put("index0", (long) index);
    loop.put("index", index + 1L);
    loop.put("first", index == 0);
    loop.put("last", index == items.size() - 1);
    loop.put("length", (long) items.size());
    loop.put("revindex0", items.size() - index - 1L);
    loop.put("revindex", (long) items.size() - index);
    loop.put("previtem", index > 0 ? items.get(index - 1) : new Undefined("loop.previtem"));
    loop.put(
        "nextitem",
        index + 1 < items.size() ? items.get(index + 1) : new Undefined("loop.nextitem"));
    Values.Function cycle =
        (frame, arguments) ->
            arguments.positional().get(index % Math.max(1, arguments.positional().size()));
    loop.put("cycle", cycle);
    return loop;
  }
}
