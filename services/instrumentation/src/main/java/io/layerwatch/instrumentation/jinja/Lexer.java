package io.layerwatch.instrumentation.jinja;

import io.layerwatch.instrumentation.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into tokens. White space is controlled as Hugging Face sets it: {@code
 * trim_blocks} drops the line end after a block tag, {@code lstrip_blocks} the indentation before
 * one, {@code -} at either side of a tag all white space there, {@code +} keeps it, and one line
 * end at the end of the template is dropped.
 */
final class Lexer {

  private static final Pattern TAG = Pattern.compile("\\{[{%#]");
  private static final Pattern END_OF_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%}");
  private static final Pattern EXPRESSION =
      Pattern.compile(
          "\\s*(?:(?<float>\\d+\\.\\d+(?:[eE][+-]?\\d+)?|\\d+[eE][+-]?\\d+)|(?<int>\\d+)"
              + "|(?<name>[A-Za-z_]\\w*)"
              + "|(?<string>'(?:[^'\\\\]|\\\\.)*+'|\"(?:[^\"\\\\]|\\\\.)*+\")"
              + "|(?<op>\\*\\*|//|==|!=|<=|>=|[-+*/%~<>=.,:|()\\[\\]{}]))",
          Pattern.DOTALL);

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int counted;
  private int line = 1;

  /** Whether the tag before swallows the white space that follows. */
  private boolean trimNext;

  private boolean dropLineEnd;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Token> tokens(String template) {
    String normal = template.replace("\r\n", "\n").replace('\r', '\n');
    Lexer lexer =
        new Lexer(normal.endsWith("\n") ? normal.substring(0, normal.length() - 1) : normal);
    lexer.run();
    return List.copyOf(lexer.tokens);
  }

  private void run() {
    Matcher tag = TAG.matcher(source);
    while (tag.find(at)) {
      int start = tag.start();
      char kind = source.charAt(start + 1);
      char control = start + 2 < source.length() ? source.charAt(start + 2) : ' ';
      text(start, control, kind != '{');
      at = start + 2 + (control == '-' || (control == '+' && kind != '{') ? 1 : 0);
      switch (kind) {
        case '#' -> comment();
        case '{' -> expression(Kind.PRINT_BEGIN, Kind.PRINT_END, "}}");
        default -> block();
      }
    }
    text(source.length(), ' ', false);
    add(Kind.END, "");
  }

  /** What is printed as it is, up to a tag. */
  private void text(int end, char control, boolean block) {
    String text = source.substring(at, end);
    if (trimNext) {
      text = text.stripLeading();
    } else if (dropLineEnd && text.startsWith("\n")) {
      text = text.substring(1);
    }
    if (control == '-') {
      text = text.stripTrailing();
    } else if (block && control != '+') {
      text = withoutIndentation(text, end);
    }
    if (!text.isEmpty()) {
      add(Kind.TEXT, text);
    }
    trimNext = false;
    dropLineEnd = false;
  }

  private String withoutIndentation(String text, int end) {
    int lineStart = end;
    while (lineStart > at
        && (source.charAt(lineStart - 1) == ' ' || source.charAt(lineStart - 1) == '\t')) {
      lineStart--;
    }
    boolean alone = lineStart == 0 || source.charAt(lineStart - 1) == '\n';
    return alone ? text.substring(0, Math.max(0, text.length() - (end - lineStart))) : text;
  }

  private void comment() {
    int end = source.indexOf("#}", at);
    if (end < 0) {
      throw failure("expected #}");
    }
    close(end > at && source.charAt(end - 1) == '-', !(end > at && source.charAt(end - 1) == '+'));
    at = end + 2;
  }

  private void close(boolean trim, boolean block) {
    trimNext = trim;
    dropLineEnd = block;
  }

  private void block() {
    Matcher raw =
        Pattern.compile("\\s*raw\\s*([-+]?)%}").matcher(source).region(at, source.length());
    if (raw.lookingAt()) {
      raw(raw);
      return;
    }
    expression(Kind.BLOCK_BEGIN, Kind.BLOCK_END, "%}");
  }

  private void raw(Matcher begin) {
    close(begin.group(1).equals("-"), !begin.group(1).equals("+"));
    at = begin.end();
    Matcher end = END_OF_RAW.matcher(source);
    if (!end.find(at)) {
      throw failure("expected {% endraw %}");
    }
    text(end.start(), end.group(1).isEmpty() ? ' ' : end.group(1).charAt(0), true);
    close(end.group(2).equals("-"), !end.group(2).equals("+"));
    at = end.end();
  }

  private void expression(Kind begin, Kind end, String close) {
    add(begin, "");
    int open = 0;
    Matcher token = EXPRESSION.matcher(source);
    while (true) {
      int next = at;
      while (next < source.length() && Character.isWhitespace(source.charAt(next))) {
        next++;
      }
      if (open == 0) {
        for (String control : List.of("-", "+", "")) {
          if (source.startsWith(control + close, next)) {
            at = next + control.length() + close.length();
            add(end, "");
            close(control.equals("-"), end == Kind.BLOCK_END && !control.equals("+"));
            return;
          }
        }
      }
      if (!token.region(at, source.length()).lookingAt()) {
        throw failure(next == source.length() ? "expected " + close : "unexpected character");
      }
      at = token.end();
      open += add(token);
    }
  }

  /** Adds a token of an expression; returns by how much brackets open. */
  private int add(Matcher token) {
    if (token.group("name") != null) {
      add(Kind.NAME, token.group("name"));
    } else if (token.group("string") != null) {
      String quoted = token.group("string");
      add(Kind.STRING, unescaped(quoted.substring(1, quoted.length() - 1)));
    } else if (token.group("int") != null) {
      add(Kind.INTEGER, token.group("int"));
    } else if (token.group("float") != null) {
      add(Kind.FLOAT, token.group("float"));
    } else {
      String operator = token.group("op");
      add(Kind.OPERATOR, operator);
      return "([{".contains(operator) ? 1 : ")]}".contains(operator) ? -1 : 0;
    }
    return 0;
  }

  private static String unescaped(String text) {
    StringBuilder result = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\' || i + 1 == text.length()) {
        result.append(c);
        continue;
      }
      char escaped = text.charAt(++i);
      switch (escaped) {
        case 'n' -> result.append('\n');
        case 't' -> result.append('\t');
        case 'r' -> result.append('\r');
        case '\\', '\'', '"' -> result.append(escaped);
        case 'u', 'x' -> {
          int digits = escaped == 'u' ? 4 : 2;
          String hex = text.substring(i + 1, Math.min(text.length(), i + 1 + digits));
          if (!hex.matches("[0-9a-fA-F]{" + digits + "}")) {
            throw new JinjaException("expected hexadecimal digits after \\" + escaped);
          }
          result.append((char) Integer.parseInt(hex, 16));
          i += digits;
        }
        default -> result.append('\\').append(escaped);
      }
    }
    return result.toString();
  }

  private void add(Kind kind, String text) {
    tokens.add(new Token(kind, text, line()));
  }

  private JinjaException failure(String problem) {
    return new JinjaException("line " + line() + ": " + problem);
  }

  /** Counts on from where it was asked before. */
  private int line() {
    for (int end = Math.min(at, source.length()); counted < end; counted++) {
      if (source.charAt(counted) == '\n') {
        line++;
      }
    }
    return line;
  }
}
