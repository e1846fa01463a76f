package io.layerwatch.instrumentation.model;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.layerwatch.instrumentation.checkpoint.InvalidCheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The model's own tokenizer, from tokenizer.json. Safe for use by several threads. */
public final class Tokenizer implements AutoCloseable {

  private final HuggingFaceTokenizer tokenizer;

  private Tokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  static Path requireFile(Path directory) {
    Path file = directory.resolve("tokenizer.json");
    if (!Files.isRegularFile(file)) {
      throw new InvalidCheckpointException(file + ": expected a file, found none");
    }
    return file;
  }

  static Tokenizer read(Path directory) {
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
    long[] ids = tokenizer.encode(text).getIds();
    int[] tokens = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      tokens[i] = Math.toIntExact(ids[i]);
    }
    return tokens;
  }

  /** The text of token ids, without marks. */
  public String decode(List<Integer> tokens) {
    return tokenizer.decode(tokens.stream().mapToLong(Integer::longValue).toArray(), true);
  }

  /**
   * What the completion adds to the text of the prompt: decoding it alone would lose a leading
   * space, which tokenizers strip at the start of a text.
   */
  public String decodeContinuation(List<Integer> prompt, List<Integer> completion) {
    String before = decode(prompt);
    String all =
        decode(java.util.stream.Stream.concat(prompt.stream(), completion.stream()).toList());
    return all.startsWith(before) ? all.substring(before.length()) : decode(completion);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
