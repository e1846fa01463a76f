package io.layerwatch.instrumentation.jinja;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Variables that are visible at a place of a template, where its output goes, and what is left. */
final class Frame {

  /** Deepest nesting of macro calls. */
  private static final int DEEPEST = 64;

  private final Optional<Frame> parent;
  private final Map<String, Object> variables = new HashMap<>();
  private final StringBuilder out;
  private final Budget budget;
  private final int depth;

  /** Bounds a rendering: each step costs 1, each text or list what it is long. */
  static final class Budget {

    private long left;

    Budget(long most) {
      this.left = most;
    }

    void spend(long work) {
      left -= work;
      if (left < 0) {
        throw new JinjaException("the template does too much work");
      }
    }
  }

  private Frame(Optional<Frame> parent, StringBuilder out, Budget budget, int depth) {
    this.parent = parent;
    this.out = out;
    this.budget = budget;
    this.depth = depth;
    if (depth > DEEPEST) {
      throw new JinjaException("macros call each other too deeply");
    }
  }

  static Frame of(Map<String, Object> variables, Budget budget) {
    Frame frame = new Frame(Optional.empty(), new StringBuilder(), budget, 0);
    frame.variables.putAll(variables);
    return frame;
  }

  /** A scope inside: what it sets is not seen outside. */
  Frame inner() {
    return new Frame(Optional.of(this), out, budget, depth);
  }

  /** A scope with an output of its own, called from a place. */
  Frame called(Frame from) {
    return new Frame(Optional.of(this), new StringBuilder(), budget, from.depth + 1);
  }

  /** A scope with an output of its own. */
  Frame capturing() {
    return new Frame(Optional.of(this), new StringBuilder(), budget, depth);
  }

  Object get(String name) {
    Frame frame = this;
    while (true) {
      Object value = frame.variables.get(name);
      if (value != null) {
        return value;
      }
      if (frame.parent.isEmpty()) {
        return new Values.Undefined(name);
      }
      frame = frame.parent.get();
    }
  }

  void set(String name, Object value) {
    variables.put(name, value);
  }

  void print(String text) {
    spend(text.length());
    out.append(text);
  }

  String output() {
    return out.toString();
  }

  void spend(long work) {
    budget.spend(work);
  }
}
