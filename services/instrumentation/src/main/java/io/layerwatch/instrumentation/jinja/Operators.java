package io.layerwatch.instrumentation.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Python's operators. */
final class Operators {

  private static final long LONGEST = 1 << 24;

  private Operators() {}

  static boolean compare(String operator, Object a, Object b) {
    return switch (operator) {
      case "==" -> Values.areEqual(a, b);
      case "!=" -> !Values.areEqual(a, b);
      case "<" -> Values.compare(a, b) < 0;
      case ">" -> Values.compare(a, b) > 0;
      case "<=" -> Values.compare(a, b) <= 0;
      case ">=" -> Values.compare(a, b) >= 0;
      case "in" -> contains(b, a);
      case "not in" -> !contains(b, a);
      default -> throw new JinjaException("unknown operator " + operator);
    };
  }

  private static boolean contains(Object container, Object item) {
    if (container instanceof String text) {
      return text.contains(Values.requireText(item));
    }
    if (container instanceof Map<?, ?> map) {
      return item instanceof String && map.containsKey(item);
    }
    if (container instanceof List<?> list) {
      return list.stream().anyMatch(other -> Values.areEqual(other, item));
    }
    throw new JinjaException(
        "expected a text, list or map after in, got " + Values.kind(container));
  }

  static Object apply(String operator, Object a, Object b, Frame frame) {
    frame.spend(1);
    if (operator.equals("~")) {
      return joined(Values.print(a), Values.print(b), frame);
    }
    if (operator.equals("+") && a instanceof String x && b instanceof String y) {
      return joined(x, y, frame);
    }
    if (operator.equals("+") && a instanceof List<?> x && b instanceof List<?> y) {
      frame.spend(x.size() + y.size());
      List<Object> all = new ArrayList<>(x);
      all.addAll(y);
      return all;
    }
    if (operator.equals("*") && a instanceof String text && b instanceof Long count) {
      return repeated(text, count, frame);
    }
    if (Values.isNumber(a) && Values.isNumber(b)) {
      return a instanceof Double || b instanceof Double || operator.equals("/")
          ? (Object) real(operator, Values.number(a), Values.number(b))
          : whole(operator, integer(a), integer(b));
    }
    throw new JinjaException(
        "expected values that go with "
            + operator
            + ", got "
            + Values.kind(a)
            + " and "
            + Values.kind(b));
  }

  private static String joined(String a, String b, Frame frame) {
    frame.spend(a.length() + (long) b.length());
    return a + b;
  }

  private static String repeated(String text, long count, Frame frame) {
    long length = Math.max(0, Math.min(count, LONGEST)) * text.length();
    frame.spend(length);
    if (length > LONGEST || count > LONGEST) {
      throw new JinjaException("a text of the template is too long");
    }
    return text.repeat((int) Math.max(0, count));
  }

  private static double real(String operator, double a, double b) {
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / nonZero(b);
      case "//" -> Math.floor(a / nonZero(b));
      case "%" -> a - b * Math.floor(a / nonZero(b));
      case "**" -> Math.pow(a, b);
      default -> throw new JinjaException("unknown operator " + operator);
    };
  }

  static long whole(String operator, long a, long b) {
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "//" -> Math.floorDiv(a, nonZero(b));
      case "%" -> Math.floorMod(a, nonZero(b));
      case "**" -> (long) Math.pow((double) a, (double) b);
      default -> throw new JinjaException("unknown operator " + operator);
    };
  }

  private static long nonZero(long divisor) {
    if (divisor == 0) {
      throw new JinjaException("division by zero");
    }
    return divisor;
  }

  private static long integer(Object value) {
    return value instanceof Long number ? number : Boolean.TRUE.equals(value) ? 1 : 0;
  }

  private static double nonZero(double divisor) {
    if (divisor == 0) {
      throw new JinjaException("division by zero");
    }
    return divisor;
  }

  static Object signed(boolean negative, Object value) {
    if (value instanceof Long number) {
      return negative ? -number : number;
    }
    double number = Values.number(value);
    return negative ? -number : number;
  }
}
