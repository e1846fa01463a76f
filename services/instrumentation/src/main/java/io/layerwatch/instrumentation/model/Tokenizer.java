package io.layerwatch.instrumentation.model;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.layerwatch.instrumentation.checkpoint.InvalidCheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;

/** The model's own tokenizer, from tokenizer.json. Safe for use by several threads. */
public final class Tokenizer implements AutoCloseable {

  private final HuggingFaceTokenizer tokenizer;

  /** A token that stands before another one, so that this keeps its leading space. */
  private final List<Integer> anchorTokens;

  private Tokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
    int[] letter = encodeMarked("a");
    this.anchorTokens = List.of(letter.length == 0 ? 0 : letter[letter.length - 1]);
  }

  static Path requireFile(Path directory) {
    Path file = directory.resolve("tokenizer.json");
    if (!Files.isRegularFile(file)) {
      throw new InvalidCheckpointException(file + ": expected a file, found none");
    }
    return file;
  }

  /**
   * Reads the tokenizer of a model directory.
   *
   * @throws InvalidCheckpointException in one sentence
   */
  public static Tokenizer read(Path directory) {
    Path file = requireFile(directory);
    try {
      return new Tokenizer(
          HuggingFaceTokenizer.builder()
              .optTokenizerPath(file)
              .optAddSpecialTokens(true)
              .optTruncation(false)
              .optPadding(false)
              .build());
    } catch (IOException | RuntimeException e) {
      throw new InvalidCheckpointException(
          file + ": expected a tokenizer definition: " + e.getMessage(), e);
    }
  }

  /** Token ids of a text, with the marks that the tokenizer's template puts around it. */
  public int[] encode(String text) {
    return ids(tokenizer.encode(text));
  }

  /** Token ids of a text that has all its marks in it, such as a rendered chat. */
  public int[] encodeMarked(String text) {
    return ids(tokenizer.encode(text, false, false));
  }

  private static int[] ids(Encoding encoding) {
    return LongStream.of(encoding.getIds()).mapToInt(Math::toIntExact).toArray();
  }

  /** The text of token ids, without marks. */
  public String decode(List<Integer> tokens) {
    return decode(tokens, true);
  }

  /** The text of one token as it stands within a text, a leading space and marks included. */
  public String decodeOne(int token) {
    String anchor = decode(anchorTokens, false);
    String text = decode(List.of(anchorTokens.get(0), token), false);
    return text.startsWith(anchor)
        ? text.substring(anchor.length())
        : decode(List.of(token), false);
  }

  private String decode(List<Integer> tokens, boolean withoutMarks) {
    return tokenizer.decode(tokens.stream().mapToLong(Integer::longValue).toArray(), withoutMarks);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
