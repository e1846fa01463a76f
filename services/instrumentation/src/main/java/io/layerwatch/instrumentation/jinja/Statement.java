package io.layerwatch.instrumentation.jinja;

import java.util.List;

/** A part of a template that prints or sets something. */
@FunctionalInterface
interface Statement {

  /** Where rendering goes on: after this statement, or after or at the top of a loop. */
  enum Next {
    STATEMENT,
    ITERATION,
    LOOP_END
  }

  Next render(Frame frame);

  /** One after the other. */
  static Statement all(List<Statement> statements) {
    List<Statement> body = List.copyOf(statements);
    return frame -> {
      for (Statement statement : body) {
        Next next = statement.render(frame);
        if (next != Next.STATEMENT) {
          return next;
        }
      }
      return Next.STATEMENT;
    };
  }
}
