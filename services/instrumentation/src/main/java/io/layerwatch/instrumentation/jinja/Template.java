package io.layerwatch.instrumentation.jinja;

import io.layerwatch.instrumentation.jinja.Values.Arguments;
import io.layerwatch.instrumentation.jinja.Values.Namespace;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A parsed template.
 *
 * <pre>{@code
 * String text = Template.parse("Hello {{ name }}").render(Map.of("name", "world"));
 * }</pre>
 *
 * <p>Variables are texts, {@link Long}s, {@link Double}s, {@link Boolean}s, lists and maps of such,
 * and {@link #none()}. Beside Jinja's own {@code range}, {@code dict} and {@code namespace} a
 * template has what Hugging Face gives it: {@code raise_exception} and {@code strftime_now}. Safe
 * for use by several threads.
 */
public final class Template {

  /** Steps and characters of one rendering: seconds. A text of a megabyte needs a quarter of it. */
  private static final long WORK_AT_MOST = 40_000_000;

  private static final int LONGEST = 1 << 20;
  private static final long LONGEST_RANGE = 100_000;

  private final Statement body;
  private final Clock clock;

  private Template(Statement body, Clock clock) {
    this.body = body;
    this.clock = clock;
  }

  /**
   * Parses a template.
   *
   * @throws JinjaException in one sentence
   */
  public static Template parse(String source) {
    return parse(source, Clock.system(ZoneId.systemDefault()));
  }

  /** With a clock of one's own for {@code strftime_now}. */
  static Template parse(String source, Clock clock) {
    if (source.length() > LONGEST) {
      throw new JinjaException("expected at most " + LONGEST + " characters");
    }
    return new Template(
        new StatementParser(new TokenStream(Lexer.tokens(source))).parseTemplate(), clock);
  }

  /** Python's None. */
  public static Object none() {
    return Values.NONE;
  }

  /**
   * Renders it.
   *
   * @throws JinjaException in one sentence
   */
  public String render(Map<String, Object> variables) {
    Map<String, Object> all = new HashMap<>();
    define(all, "raise_exception", Template::raise);
    define(all, "strftime_now", this::now);
    define(all, "range", Template::range);
    define(all, "dict", (frame, arguments) -> new LinkedHashMap<>(arguments.named()));
    define(
        all,
        "namespace",
        (frame, arguments) -> new Namespace(new LinkedHashMap<>(arguments.named())));
    Frame globals = Frame.of(all, new Frame.Budget(WORK_AT_MOST));
    variables.forEach(globals::set);
    try {
      body.render(globals);
    } catch (ArithmeticException | IndexOutOfBoundsException | ClassCastException e) {
      throw new JinjaException("the template cannot be rendered: " + e.getMessage());
    }
    return globals.output();
  }

  private static void define(Map<String, Object> all, String name, Values.Function function) {
    all.put(name, function);
  }

  private static Object raise(Frame frame, Arguments arguments) {
    throw new JinjaException.Raised(Values.print(arguments.require(0, "message")));
  }

  private static Object range(Frame frame, Arguments arguments) {
    long first = Values.index(arguments.require(0, "stop"));
    boolean one = arguments.positional().size() == 1;
    long start = one ? 0 : first;
    long stop = one ? first : Values.index(arguments.require(1, "stop"));
    long step = Values.index(arguments.get(2, "step", 1L));
    if (step == 0 || Math.abs((stop - start) / step) > LONGEST_RANGE) {
      throw new JinjaException("range: expected a step and at most " + LONGEST_RANGE + " numbers");
    }
    List<Object> numbers = new ArrayList<>();
    for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
      numbers.add(i);
    }
    frame.spend(numbers.size());
    return numbers;
  }

  /** The fields of C's strftime that dates in prompts use. */
  private Object now(Frame frame, Arguments arguments) {
    String format = Values.requireText(arguments.require(0, "format"));
    LocalDateTime now = LocalDateTime.now(clock);
    StringBuilder result = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      if (format.charAt(i) != '%' || i + 1 == format.length()) {
        result.append(format.charAt(i));
        continue;
      }
      result.append(field(format.charAt(++i), now));
    }
    return result.toString();
  }

  private static String field(char name, LocalDateTime now) {
    return switch (name) {
      case 'Y' -> Integer.toString(now.getYear());
      case 'm' -> twoDigits(now.getMonthValue());
      case 'd' -> twoDigits(now.getDayOfMonth());
      case 'H' -> twoDigits(now.getHour());
      case 'M' -> twoDigits(now.getMinute());
      case 'S' -> twoDigits(now.getSecond());
      case 'y' -> twoDigits(now.getYear() % 100);
      case 'b' -> now.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
      case 'B' -> now.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case 'a' -> now.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
      case 'A' -> now.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case 'j' -> String.format(Locale.ROOT, "%03d", now.getDayOfYear());
      case '%' -> "%";
      default -> throw new JinjaException("strftime_now: expected a known field, got %" + name);
    };
  }

  private static String twoDigits(int number) {
    return String.format(Locale.ROOT, "%02d", number);
  }
}
