package io.layerwatch.instrumentation.generate;

import io.layerwatch.instrumentation.model.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns tokens into text as they come. A character whose bytes are spread over tokens comes out
 * whole with its last one, and a leading space stays, since each token is decoded together with
 * some before it: {@code decode(before + new) − decode(before)}. Belongs to one sequence; not safe
 * for use by several threads.
 */
public final class Detokenizer {

  /** What decoders put where bytes are no character. */
  private static final char REPLACEMENT = '\uFFFD';

  /** A character has at most 4 bytes, so it ends within this many tokens or never. */
  private static final int UNDECIDED_AT_MOST = 8;

  private static final int KEPT_UNDECIDED = 3;
  private static final int CONTEXT = 16;

  private final Tokenizer tokenizer;
  private final List<Integer> before = new ArrayList<>();
  private final List<Integer> undecided = new ArrayList<>();

  /** Text of the tokens before that needs not come out any more. */
  private String shown;

  /** Goes on after these tokens. */
  public Detokenizer(Tokenizer tokenizer, int[] prompt) {
    this.tokenizer = tokenizer;
    for (int i = Math.max(0, prompt.length - CONTEXT); i < prompt.length; i++) {
      before.add(prompt[i]);
    }
    shown = tokenizer.decode(before);
    while (!shown.isEmpty() && shown.charAt(shown.length() - 1) == REPLACEMENT) {
      // The prompt may end within a character.
      shown = shown.substring(0, shown.length() - 1);
    }
  }

  /** Takes a token; returns the text that is certain now, perhaps none. */
  public String add(int token) {
    undecided.add(token);
    String text = text(undecided);
    if (text.isEmpty() || text.charAt(text.length() - 1) == REPLACEMENT) {
      return undecided.size() <= UNDECIDED_AT_MOST ? "" : decide(undecided.size() - KEPT_UNDECIDED);
    }
    return decide(undecided.size());
  }

  /** What is left at the end of the text, whether whole or not. */
  public String end() {
    return undecided.isEmpty() ? "" : decide(undecided.size());
  }

  private String decide(int count) {
    List<Integer> decided = undecided.subList(0, count);
    String text = text(decided);
    if (!text.isEmpty() || before.size() > CONTEXT) {
      before.clear();
    }
    before.addAll(decided);
    decided.clear();
    shown = tokenizer.decode(before);
    return text;
  }

  /** What these add to the text of those before. */
  private String text(List<Integer> tokens) {
    List<Integer> all = new ArrayList<>(before);
    all.addAll(tokens);
    String text = tokenizer.decode(all);
    return text.startsWith(shown) ? text.substring(shown.length()) : tokenizer.decode(tokens);
  }
}
