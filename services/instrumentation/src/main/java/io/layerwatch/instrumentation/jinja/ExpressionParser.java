package io.layerwatch.instrumentation.jinja;

import io.layerwatch.instrumentation.jinja.Expression.ArgumentList;
import io.layerwatch.instrumentation.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Parses expressions, the loosest binding first: conditional, or, and, not, comparison, sum, {@code
 * ~}, product, sign, power, then what stands behind a value: attributes, items, calls, filters and
 * tests.
 */
final class ExpressionParser {

  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=");

  private final TokenStream tokens;

  ExpressionParser(TokenStream tokens) {
    this.tokens = tokens;
  }

  /** An expression; several with commas between are a list. */
  Expression parseWithCommas() {
    Expression first = parse();
    if (!tokens.seesOperator(",")) {
      return first;
    }
    List<Expression> all = new ArrayList<>(List.of(first));
    while (tokens.takeOperator(",")) {
      all.add(parse());
    }
    return frame -> values(all, frame);
  }

  Expression parse() {
    tokens.enter();
    try {
      Expression value = parseOr();
      while (tokens.takeName("if")) {
        Expression then = value;
        Expression condition = parseOr();
        Expression otherwise =
            tokens.takeName("else") ? parse() : frame -> new Values.Undefined("the else value");
        value = frame -> Values.isTrue(condition.in(frame)) ? then.in(frame) : otherwise.in(frame);
      }
      return value;
    } finally {
      tokens.leave();
    }
  }

  /** Without a conditional, as the list of a loop is, whose {@code if} is the loop's. */
  Expression parseOr() {
    Expression left = parseAnd();
    while (tokens.takeName("or")) {
      Expression a = left;
      Expression b = parseAnd();
      left =
          frame -> {
            Object value = a.in(frame);
            return Values.isTrue(value) ? value : b.in(frame);
          };
    }
    return left;
  }

  private Expression parseAnd() {
    Expression left = parseNot();
    while (tokens.takeName("and")) {
      Expression a = left;
      Expression b = parseNot();
      left =
          frame -> {
            Object value = a.in(frame);
            return Values.isTrue(value) ? b.in(frame) : value;
          };
    }
    return left;
  }

  private Expression parseNot() {
    if (!tokens.takeName("not")) {
      return parseComparison();
    }
    tokens.enter();
    Expression value = parseNot();
    tokens.leave();
    return frame -> !Values.isTrue(value.in(frame));
  }

  /** Python chains comparisons: a &lt; b &lt; c is a &lt; b and b &lt; c. */
  private Expression parseComparison() {
    Expression left = parseSum();
    Optional<Expression> chain = Optional.empty();
    for (Optional<String> operator = comparison(); operator.isPresent(); operator = comparison()) {
      Expression a = left;
      Expression b = parseSum();
      String name = operator.get();
      Expression one =
          frame -> {
            frame.spend(1);
            return Operators.compare(name, a.in(frame), b.in(frame));
          };
      chain =
          Optional.of(
              chain
                  .<Expression>map(
                      before -> frame -> Values.isTrue(before.in(frame)) ? one.in(frame) : false)
                  .orElse(one));
      left = b;
    }
    return chain.orElse(left);
  }

  private Optional<String> comparison() {
    Token token = tokens.peek();
    if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
      return Optional.of(tokens.next().text());
    }
    if (tokens.takeName("in")) {
      return Optional.of("in");
    }
    if (tokens.seesName("not") && tokens.peek(1).is(Kind.NAME, "in")) {
      tokens.next();
      tokens.next();
      return Optional.of("not in");
    }
    return Optional.empty();
  }

  private Expression parseSum() {
    Expression left = parseConcatenation();
    while (tokens.seesOperator("+") || tokens.seesOperator("-")) {
      left = binary(tokens.next().text(), left, parseConcatenation());
    }
    return left;
  }

  private Expression parseConcatenation() {
    Expression left = parseProduct();
    while (tokens.takeOperator("~")) {
      left = binary("~", left, parseProduct());
    }
    return left;
  }

  private Expression parseProduct() {
    Expression left = parseUnary(true);
    while (tokens.seesOperator("*")
        || tokens.seesOperator("/")
        || tokens.seesOperator("//")
        || tokens.seesOperator("%")) {
      left = binary(tokens.next().text(), left, parseUnary(true));
    }
    return left;
  }

  private static Expression binary(String operator, Expression a, Expression b) {
    return frame -> Operators.apply(operator, a.in(frame), b.in(frame), frame);
  }

  private Expression parseUnary(boolean filtered) {
    Expression value;
    if (tokens.seesOperator("-") || tokens.seesOperator("+")) {
      boolean negative = tokens.next().text().equals("-");
      tokens.enter();
      Expression operand = parseUnary(false);
      tokens.leave();
      value = frame -> Operators.signed(negative, operand.in(frame));
    } else {
      value = parsePrimary();
    }
    value = parsePostfix(value);
    if (tokens.takeOperator("**")) {
      value = binary("**", value, parseUnary(false));
    }
    return filtered ? parseFilters(value) : value;
  }

  private Expression parsePrimary() {
    Token token = tokens.next();
    switch (token.kind()) {
      case STRING -> {
        StringBuilder text = new StringBuilder(token.text());
        while (tokens.peek().kind() == Kind.STRING) {
          text.append(tokens.next().text());
        }
        String whole = text.toString();
        return frame -> whole;
      }
      case INTEGER -> {
        long number = Long.parseLong(token.text());
        return frame -> number;
      }
      case FLOAT -> {
        double number = Double.parseDouble(token.text());
        return frame -> number;
      }
      case NAME -> {
        return name(token.text());
      }
      case OPERATOR -> {
        if (token.text().equals("(")) {
          return parenthesised();
        }
        if (token.text().equals("[")) {
          List<Expression> items = expressions("]");
          return frame -> values(items, frame);
        }
        if (token.text().equals("{")) {
          return map();
        }
      }
      default -> {}
    }
    throw new JinjaException("line " + token.line() + ": expected a value, got " + token.text());
  }

  private static Expression name(String name) {
    return switch (name) {
      case "true", "True" -> frame -> true;
      case "false", "False" -> frame -> false;
      case "none", "None" -> frame -> Values.NONE;
      default -> frame -> frame.get(name);
    };
  }

  private Expression parenthesised() {
    if (tokens.takeOperator(")")) {
      return frame -> List.of();
    }
    Expression inside = parse();
    if (!tokens.seesOperator(",")) {
      tokens.requireOperator(")");
      return inside;
    }
    List<Expression> items = new ArrayList<>(List.of(inside));
    tokens.requireOperator(",");
    items.addAll(expressions(")"));
    return frame -> values(items, frame);
  }

  private Expression map() {
    Map<Expression, Expression> entries = new LinkedHashMap<>();
    while (!tokens.takeOperator("}")) {
      Expression key = parse();
      tokens.requireOperator(":");
      entries.put(key, parse());
      if (!tokens.seesOperator("}")) {
        tokens.requireOperator(",");
      }
    }
    return frame -> {
      frame.spend(entries.size() + 1L);
      Map<String, Object> map = new LinkedHashMap<>();
      entries.forEach((key, value) -> map.put(Values.print(key.in(frame)), value.in(frame)));
      return map;
    };
  }

  private List<Expression> expressions(String close) {
    List<Expression> items = new ArrayList<>();
    while (!tokens.takeOperator(close)) {
      items.add(parse());
      if (!tokens.seesOperator(close)) {
        tokens.requireOperator(",");
      }
    }
    return items;
  }

  private static List<Object> values(List<Expression> expressions, Frame frame) {
    frame.spend(expressions.size() + 1L);
    List<Object> values = new ArrayList<>();
    expressions.forEach(expression -> values.add(expression.in(frame)));
    return values;
  }

  private Expression parsePostfix(Expression start) {
    Expression value = start;
    while (true) {
      Expression target = value;
      if (tokens.takeOperator(".")) {
        String name =
            tokens.peek().kind() == Kind.INTEGER ? tokens.next().text() : tokens.requireName();
        value = frame -> Attributes.attribute(target.in(frame), name);
      } else if (tokens.takeOperator("[")) {
        value = subscript(target);
      } else if (tokens.takeOperator("(")) {
        ArgumentList arguments = arguments();
        value =
            frame -> {
              frame.spend(1);
              if (target.in(frame) instanceof Values.Function function) {
                return function.call(frame, arguments.in(frame));
              }
              throw new JinjaException("expected a function, got " + Values.kind(target.in(frame)));
            };
      } else {
        return value;
      }
    }
  }

  private Expression subscript(Expression target) {
    Expression missing = frame -> Values.NONE;
    Expression from = tokens.seesOperator(":") ? missing : parse();
    if (tokens.takeOperator("]")) {
      return frame -> Attributes.item(target.in(frame), from.in(frame));
    }
    tokens.requireOperator(":");
    Expression to = tokens.seesOperator(":") || tokens.seesOperator("]") ? missing : parse();
    Expression step = tokens.takeOperator(":") && !tokens.seesOperator("]") ? parse() : missing;
    tokens.requireOperator("]");
    return frame ->
        Attributes.slice(target.in(frame), from.in(frame), to.in(frame), step.in(frame), frame);
  }

  /** Arguments up to the closing bracket. */
  ArgumentList arguments() {
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    while (!tokens.takeOperator(")")) {
      if (tokens.peek().kind() == Kind.NAME && tokens.peek(1).is(Kind.OPERATOR, "=")) {
        String name = tokens.requireName();
        tokens.requireOperator("=");
        named.put(name, parse());
      } else {
        positional.add(parse());
      }
      if (!tokens.seesOperator(")")) {
        tokens.requireOperator(",");
      }
    }
    return new ArgumentList(positional, named);
  }

  private Expression parseFilters(Expression start) {
    Expression value = start;
    while (true) {
      if (tokens.takeOperator("|")) {
        value = filtered(value);
      } else if (tokens.takeName("is")) {
        value = tested(value);
      } else {
        return value;
      }
    }
  }

  /** A filter after the bar. */
  Expression filtered(Expression value) {
    String name = tokens.requireName();
    ArgumentList arguments = tokens.takeOperator("(") ? arguments() : ArgumentList.NONE;
    Filters.requireKnown(name);
    return frame -> Filters.apply(name, value.in(frame), arguments.in(frame), frame);
  }

  private Expression tested(Expression value) {
    boolean negated = tokens.takeName("not");
    String name = tokens.requireName();
    ArgumentList arguments = ArgumentList.NONE;
    if (tokens.takeOperator("(")) {
      arguments = arguments();
    } else if (startsArgument()) {
      arguments = new ArgumentList(List.of(parsePostfix(parsePrimary())), Map.of());
    }
    ArgumentList given = arguments;
    Tests.requireKnown(name);
    return frame -> negated != Tests.holds(name, value.in(frame), given.in(frame));
  }

  /** Whether a test's argument follows without brackets. */
  private boolean startsArgument() {
    Token token = tokens.peek();
    return switch (token.kind()) {
      case STRING, INTEGER, FLOAT -> true;
      case NAME -> !Set.of("else", "or", "and", "is", "if", "in", "not").contains(token.text());
      case OPERATOR -> token.text().equals("[") || token.text().equals("{");
      default -> false;
    };
  }
}
