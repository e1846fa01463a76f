package io.layerwatch.instrumentation.jinja;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.instrumentation.jinja.Values.Arguments;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * {@code | tojson} as Hugging Face has it: Python's {@code json.dumps} without escapes of what is
 * not ASCII, so {@code ", "} and {@code ": "} between, and lines of their own with {@code indent}.
 */
final class ToJson {

  private static final ObjectMapper TEXTS = new ObjectMapper();
  private static final int WIDEST = 80;

  private final StringBuilder out = new StringBuilder();
  private final Frame frame;
  private final int indent;

  private ToJson(Frame frame, int indent) {
    this.frame = frame;
    this.indent = indent;
  }

  static String write(Object value, Arguments arguments, Frame frame) {
    Object given = arguments.get(0, "indent", Values.NONE);
    ToJson json =
        new ToJson(frame, given == Values.NONE ? -1 : Math.min(WIDEST, Values.index(given)));
    json.write(value, 1);
    return json.out.toString();
  }

  private void write(Object value, int depth) {
    if (value instanceof String text) {
      frame.spend(text.length());
      out.append(quoted(text));
    } else if (value instanceof Map<?, ?> map) {
      Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
      sequence(
          '{',
          '}',
          map.size(),
          depth,
          () -> {
            Map.Entry<?, ?> entry = entries.next();
            out.append(quoted(Values.print(entry.getKey()))).append(": ");
            write(entry.getValue(), depth + 1);
          });
    } else if (value instanceof List<?> list) {
      Iterator<?> items = list.iterator();
      sequence('[', ']', list.size(), depth, () -> write(items.next(), depth + 1));
    } else if (value instanceof Boolean || value == Values.NONE) {
      out.append(value == Values.NONE ? "null" : value.toString());
    } else if (Values.isNumber(value)) {
      out.append(value);
    } else {
      throw new JinjaException("| tojson: expected a value, got " + Values.kind(value));
    }
  }

  private void sequence(char open, char close, int size, int depth, Runnable one) {
    out.append(open);
    for (int i = 0; i < size; i++) {
      frame.spend(1);
      out.append(i == 0 ? "" : indent < 0 ? ", " : ",");
      lineEnd(depth);
      one.run();
    }
    if (size > 0) {
      lineEnd(depth - 1);
    }
    out.append(close);
  }

  private void lineEnd(int depth) {
    if (indent >= 0) {
      frame.spend((long) indent * depth);
      out.append('\n').append(" ".repeat(indent * depth));
    }
  }

  private static String quoted(String text) {
    try {
      return TEXTS.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new JinjaException("| tojson: " + e.getOriginalMessage());
    }
  }
}
