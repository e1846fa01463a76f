package io.layerwatch.instrumentation.jinja;

import io.layerwatch.instrumentation.jinja.Statement.Next;
import io.layerwatch.instrumentation.jinja.Token.Kind;
import io.layerwatch.instrumentation.jinja.Values.Namespace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Parses a template's block tags and what is around them. */
final class StatementParser {

  private final TokenStream tokens;
  private final ExpressionParser expressions;

  StatementParser(TokenStream tokens) {
    this.tokens = tokens;
    this.expressions = new ExpressionParser(tokens);
  }

  Statement parseTemplate() {
    Statement body = parseUntil(Set.of());
    if (tokens.peek().kind() != Kind.END) {
      throw tokens.unexpected("the end of the template");
    }
    return body;
  }

  /** Statements up to a block tag of one of these names, whose name is the next token then. */
  private Statement parseUntil(Set<String> ends) {
    tokens.enter();
    List<Statement> statements = new ArrayList<>();
    while (tokens.peek().kind() != Kind.END) {
      Token token = tokens.next();
      if (token.kind() == Kind.TEXT) {
        statements.add(printed(frame -> token.text()));
      } else if (token.kind() == Kind.PRINT_BEGIN) {
        statements.add(printed(expressions.parseWithCommas()));
        tokens.require(Kind.PRINT_END, "}}");
      } else if (ends.contains(tokens.peek().text())) {
        tokens.leave();
        return Statement.all(statements);
      } else {
        statements.add(parseBlock());
      }
    }
    if (!ends.isEmpty()) {
      throw tokens.unexpected("one of " + ends);
    }
    tokens.leave();
    return Statement.all(statements);
  }

  private static Statement printed(Expression expression) {
    return frame -> {
      frame.print(Values.print(expression.in(frame)));
      return Next.STATEMENT;
    };
  }

  private Statement parseBlock() {
    String name = tokens.requireName();
    return switch (name) {
      case "if" -> parseIf();
      case "for" -> parseFor();
      case "set" -> parseSet();
      case "macro" -> parseMacro();
      case "filter" -> parseFilter();
      // Marks what a model generated, for training; prints what is in it.
      case "generation" -> {
        blockEnd();
        Statement body = parseUntil(Set.of("endgeneration"));
        end();
        yield body;
      }
      case "break" -> jump(Next.LOOP_END);
      case "continue" -> jump(Next.ITERATION);
      default ->
          throw new JinjaException("{% " + name + " %}: expected a tag that chat templates use");
    };
  }

  private Statement jump(Next next) {
    blockEnd();
    return frame -> next;
  }

  private void blockEnd() {
    tokens.require(Kind.BLOCK_END, "%}");
  }

  /** The name of the end tag and its end. */
  private void end() {
    tokens.next();
    blockEnd();
  }

  private Statement parseIf() {
    Expression condition = expressions.parse();
    blockEnd();
    Statement then = parseUntil(Set.of("elif", "else", "endif"));
    String name = tokens.requireName();
    Statement otherwise = Statement.all(List.of());
    if (name.equals("elif")) {
      tokens.enter();
      otherwise = parseIf();
      tokens.leave();
    } else {
      blockEnd();
      if (name.equals("else")) {
        otherwise = parseUntil(Set.of("endif"));
        end();
      }
    }
    Statement rest = otherwise;
    return frame -> (Values.isTrue(condition.in(frame)) ? then : rest).render(frame);
  }

  private Statement parseFor() {
    List<String> names = new ArrayList<>(List.of(tokens.requireName()));
    while (tokens.takeOperator(",")) {
      names.add(tokens.requireName());
    }
    if (!tokens.takeName("in")) {
      throw tokens.unexpected("in");
    }
    Expression list = expressions.parseOr();
    Optional<Expression> condition =
        tokens.takeName("if") ? Optional.of(expressions.parse()) : Optional.empty();
    tokens.takeName("recursive");
    blockEnd();
    Statement body = parseUntil(Set.of("else", "endfor"));
    Statement otherwise = Statement.all(List.of());
    if (tokens.requireName().equals("else")) {
      blockEnd();
      otherwise = parseUntil(Set.of("endfor"));
      tokens.next();
    }
    blockEnd();
    return new Loop(names, list, condition, body, otherwise);
  }

  private Statement parseSet() {
    List<String> names = new ArrayList<>(List.of(tokens.requireName()));
    if (tokens.takeOperator(".")) {
      String entry = tokens.requireName();
      tokens.requireOperator("=");
      Expression value = expressions.parseWithCommas();
      blockEnd();
      return setEntry(names.get(0), entry, value);
    }
    while (tokens.takeOperator(",")) {
      names.add(tokens.requireName());
    }
    if (!tokens.takeOperator("=")) {
      return parseSetBlock(names.get(0));
    }
    Expression value = expressions.parseWithCommas();
    blockEnd();
    return frame -> {
      Loop.bind(names, value.in(frame), frame);
      return Next.STATEMENT;
    };
  }

  private static Statement setEntry(String name, String entry, Expression value) {
    return frame -> {
      if (!(frame.get(name) instanceof Namespace namespace)) {
        throw new JinjaException("set " + name + "." + entry + ": expected a namespace");
      }
      namespace.entries().put(entry, value.in(frame));
      return Next.STATEMENT;
    };
  }

  /** A set without a value takes what is printed up to endset. */
  private Statement parseSetBlock(String name) {
    Expression content = captured("endset");
    return frame -> {
      frame.set(name, content.in(frame));
      return Next.STATEMENT;
    };
  }

  /** What is printed up to the end tag, through filters where the tag has some. */
  private Expression captured(String end) {
    String variable = " content";
    Expression filtered = frame -> frame.get(variable);
    while (tokens.takeOperator("|")) {
      filtered = expressions.filtered(filtered);
    }
    blockEnd();
    Statement body = parseUntil(Set.of(end));
    end();
    Expression result = filtered;
    return frame -> {
      Frame inside = frame.capturing();
      body.render(inside);
      inside.set(variable, inside.output());
      return result.in(inside);
    };
  }

  /** Prints what is printed up to endfilter through filters. */
  private Statement parseFilter() {
    String variable = " content";
    Expression filtered = expressions.filtered(frame -> frame.get(variable));
    while (tokens.takeOperator("|")) {
      filtered = expressions.filtered(filtered);
    }
    blockEnd();
    Statement body = parseUntil(Set.of("endfilter"));
    end();
    Expression result = filtered;
    return printed(
        frame -> {
          Frame inside = frame.capturing();
          body.render(inside);
          inside.set(variable, inside.output());
          return result.in(inside);
        });
  }

  private Statement parseMacro() {
    String name = tokens.requireName();
    tokens.requireOperator("(");
    Map<String, Optional<Expression>> parameters = new LinkedHashMap<>();
    while (!tokens.takeOperator(")")) {
      String parameter = tokens.requireName();
      parameters.put(
          parameter,
          tokens.takeOperator("=") ? Optional.of(expressions.parse()) : Optional.empty());
      if (!tokens.seesOperator(")")) {
        tokens.requireOperator(",");
      }
    }
    blockEnd();
    Statement body = parseUntil(Set.of("endmacro"));
    end();
    return frame -> {
      frame.set(name, macro(parameters, body, frame));
      return Next.STATEMENT;
    };
  }

  private static Values.Function macro(
      Map<String, Optional<Expression>> parameters, Statement body, Frame defined) {
    return (caller, arguments) -> {
      Frame inside = defined.called(caller);
      int index = 0;
      for (Map.Entry<String, Optional<Expression>> parameter : parameters.entrySet()) {
        Object otherwise =
            parameter
                .getValue()
                .map(value -> value.in(inside))
                .orElse(new Values.Undefined(parameter.getKey()));
        inside.set(parameter.getKey(), arguments.get(index++, parameter.getKey(), otherwise));
      }
      body.render(inside);
      return inside.output();
    };
  }
}
