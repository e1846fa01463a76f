package io.layerwatch.instrumentation.evaluate;

import io.layerwatch.instrumentation.model.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Texts as token ids that begin with the marks that the tokenizer's template puts before a text,
 * such as a start token. A piece cut out of a long text gets them, too: a model knows no sequence
 * without them.
 */
final class MarkedTexts {

  private static final int CHARACTERS_AT_A_TIME = 1 << 20;

  private final Tokenizer tokenizer;
  private final int charactersAtATime;
  private final int[] marks;

  MarkedTexts(Tokenizer tokenizer) {
    this(tokenizer, CHARACTERS_AT_A_TIME);
  }

  MarkedTexts(Tokenizer tokenizer, int charactersAtATime) {
    this.tokenizer = tokenizer;
    this.charactersAtATime = charactersAtATime;
    this.marks = leading(tokenizer.encode("a"), tokenizer.encodeMarked("a"));
  }

  /** What stands before the text in the marked one. */
  private static int[] leading(int[] marked, int[] plain) {
    for (int start = 0; start + plain.length <= marked.length; start++) {
      if (Arrays.equals(marked, start, start + plain.length, plain, 0, plain.length)) {
        return Arrays.copyOf(marked, start);
      }
    }
    return new int[0];
  }

  private static boolean startsWith(int[] ids, int[] start) {
    return ids.length >= start.length
        && Arrays.equals(ids, 0, start.length, start, 0, start.length);
  }

  /** Tokens of the shortest sequence in which one of a text is predicted. */
  int shortest() {
    return Math.max(2, marks.length + 1);
  }

  /** A text with the marks before it, and none behind. */
  int[] encode(String text) {
    return marked(tokenizer.encodeMarked(text));
  }

  /**
   * The same of a long text, of which so many tokens are wanted at least. It is encoded in parts
   * that end with a line where there is one: a tokenizer needs many times a text's size.
   */
  int[] encode(String text, long tokens) {
    IntStream.Builder ids = IntStream.builder();
    IntStream.of(marks).forEach(ids);
    long count = marks.length;
    for (int from = 0, to; from < text.length() && count < tokens; from = to) {
      to = partEnd(text, from, charactersAtATime);
      int[] part = tokenizer.encodeMarked(text.substring(from, to));
      IntStream.of(part).forEach(ids);
      count += part.length;
    }
    return ids.build().toArray();
  }

  /** Where a part of at most so many characters ends: after a line, or between characters. */
  static int partEnd(String text, int from, int most) {
    if (text.length() - from <= most) {
      return text.length();
    }
    int limit = from + most;
    int line = text.lastIndexOf('\n', limit - 1);
    if (line >= from) {
      return line + 1;
    }
    return Character.isLowSurrogate(text.charAt(limit)) ? limit - 1 : limit;
  }

  private int[] marked(int[] ids) {
    return IntStream.concat(IntStream.of(marks), IntStream.of(ids)).toArray();
  }

  /**
   * Cuts a sequence into pieces of a length; one of a single token predicts nothing and is left
   * out. Pieces but the first get the marks that the whole begins with, if it does.
   */
  List<int[]> cut(int[] ids, int length) {
    boolean isMarked = startsWith(ids, marks);
    int skipped = isMarked ? marks.length : 0;
    List<int[]> pieces = new ArrayList<>();
    for (int from = skipped; from < ids.length; from += length - skipped) {
      int[] piece = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + length - skipped));
      int[] whole = isMarked ? marked(piece) : piece;
      if (whole.length > 1) {
        pieces.add(whole);
      }
    }
    return pieces;
  }
}
