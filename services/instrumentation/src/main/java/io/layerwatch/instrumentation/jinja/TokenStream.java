package io.layerwatch.instrumentation.jinja;

import io.layerwatch.instrumentation.jinja.Token.Kind;
import java.util.List;

/** Tokens that are taken one after the other; what is not as expected is told with its line. */
final class TokenStream {

  /** Deepest nesting of expressions and blocks. */
  private static final int DEEPEST = 150;

  private final List<Token> tokens;
  private int at;
  private int depth;

  TokenStream(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(at);
  }

  Token peek(int ahead) {
    return tokens.get(Math.min(at + ahead, tokens.size() - 1));
  }

  Token next() {
    Token token = peek();
    if (token.kind() != Kind.END) {
      at++;
    }
    return token;
  }

  boolean sees(Kind kind, String text) {
    return peek().is(kind, text);
  }

  boolean seesOperator(String operator) {
    return sees(Kind.OPERATOR, operator);
  }

  boolean seesName(String name) {
    return sees(Kind.NAME, name);
  }

  boolean takeOperator(String operator) {
    return take(seesOperator(operator));
  }

  boolean takeName(String name) {
    return take(seesName(name));
  }

  private boolean take(boolean seen) {
    if (seen) {
      at++;
    }
    return seen;
  }

  void requireOperator(String operator) {
    if (!takeOperator(operator)) {
      throw unexpected(operator);
    }
  }

  Token require(Kind kind, String expected) {
    if (peek().kind() != kind) {
      throw unexpected(expected);
    }
    return next();
  }

  String requireName() {
    return require(Kind.NAME, "a name").text();
  }

  void enter() {
    if (++depth > DEEPEST) {
      throw new JinjaException("line " + peek().line() + ": nested too deeply");
    }
  }

  void leave() {
    depth--;
  }

  JinjaException unexpected(String expected) {
    Token token = peek();
    String got = token.text().isEmpty() ? token.kind().toString() : token.text();
    return new JinjaException(
        "line " + token.line() + ": expected " + expected + ", got " + got.strip());
  }
}
