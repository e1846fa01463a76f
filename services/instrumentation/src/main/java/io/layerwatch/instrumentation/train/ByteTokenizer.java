package io.layerwatch.instrumentation.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A tokenizer whose tokens are the 256 bytes and two marks, written as the tokenizer.json that
 * every Hugging Face tokenizer library reads. Ids 0 to 255 are the bytes themselves.
 */
public final class ByteTokenizer {

  public static final int START = 256;
  public static final int END = 257;
  public static final int SIZE = 258;

  private static final ObjectMapper JSON = new ObjectMapper();

  private ByteTokenizer() {}

  /** Writes tokenizer.json. */
  public static void write(Path file) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    var added = root.putArray("added_tokens");
    for (String mark : List.of("<s>", "</s>")) {
      ObjectNode token = added.addObject();
      token.put("id", mark.equals("<s>") ? START : END);
      token.put("content", mark);
      for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
        token.put(flag, false);
      }
      token.put("special", true);
    }
    root.putNull("normalizer");
    byteLevel(root.putObject("pre_tokenizer"));
    ObjectNode post = root.putObject("post_processor").put("type", "TemplateProcessing");
    startThen(post.putArray("single"), List.of("A"));
    startThen(post.putArray("pair"), List.of("A", "B"));
    ObjectNode start = post.putObject("special_tokens").putObject("<s>");
    start.put("id", "<s>");
    start.putArray("ids").add(START);
    start.putArray("tokens").add("<s>");
    byteLevel(root.putObject("decoder"));
    ObjectNode model = root.putObject("model").put("type", "BPE");
    for (String option :
        List.of("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix")) {
      model.putNull(option);
    }
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    ObjectNode vocabulary = model.putObject("vocab");
    for (int value = 0; value < 256; value++) {
      vocabulary.put(Character.toString(symbol(value)), value);
    }
    vocabulary.put("<s>", START).put("</s>", END);
    model.putArray("merges");
    JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), root);
  }

  private static void byteLevel(ObjectNode node) {
    node.put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", false);
  }

  private static void startThen(
      com.fasterxml.jackson.databind.node.ArrayNode template, List<String> sequences) {
    template.addObject().putObject("SpecialToken").put("id", "<s>").put("type_id", 0);
    for (String sequence : sequences) {
      template.addObject().putObject("Sequence").put("id", sequence).put("type_id", 0);
    }
  }

  /**
   * The visible character that byte-level tokenizers show a byte as: itself where it is printable,
   * otherwise the next character from U+0100 on.
   */
  private static int symbol(int value) {
    return printable(value)
        ? value
        : 256 + (int) java.util.stream.IntStream.range(0, value).filter(b -> !printable(b)).count();
  }

  private static boolean printable(int value) {
    return (value >= '!' && value <= '~')
        || (value >= 0xa1 && value <= 0xac)
        || (value >= 0xae && value <= 0xff);
  }
}
