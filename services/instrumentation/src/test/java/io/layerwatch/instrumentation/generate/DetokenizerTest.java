package io.layerwatch.instrumentation.generate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.model.Tokenizer;
import io.layerwatch.instrumentation.train.ByteTokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Text as tokens come, with a tokenizer of bytes and one in the style of SentencePiece. */
class DetokenizerTest {

  /** Ids of the second tokenizer: two marks, then the bytes, then these pieces. */
  private static final List<String> PIECES = List.of("▁", "▁once", "▁upon", "ly", "!");

  private static final int FIRST_BYTE = 2;
  private static final int FIRST_PIECE = FIRST_BYTE + 256;

  private static Tokenizer bytes;
  private static Tokenizer pieces;

  @BeforeAll
  static void read(@TempDir Path first, @TempDir Path second) throws IOException {
    ByteTokenizer.write(first.resolve("tokenizer.json"));
    bytes = Tokenizer.read(first);
    new ObjectMapper().writeValue(second.resolve("tokenizer.json").toFile(), sentencePieces());
    pieces = Tokenizer.read(second);
  }

  @AfterAll
  static void close() {
    bytes.close();
    pieces.close();
  }

  @Test
  void aCharacterComesOutWholeWithItsLastByte() {
    assertThat(added(bytes, new int[0], utf8("a€😀")))
        .containsExactly("a", "", "", "€", "", "", "", "😀");
    assertThat(added(pieces, new int[0], shifted(utf8("a€😀€"))))
        .containsExactly("a", "", "", "€", "", "", "", "😀", "", "", "€");
  }

  @Test
  void aCharacterThatThePromptBeganIsCompleted() {
    assertThat(added(bytes, new int[] {'x', 0xE2, 0x82}, 0xAC, '!')).containsExactly("€", "!");
  }

  @Test
  void leadingSpacesStay() {
    int once = FIRST_PIECE + 1;
    int upon = FIRST_PIECE + 2;
    // The decoder strips the space at the start of a text, and there only.
    assertThat(added(pieces, new int[] {0}, once, upon, FIRST_PIECE + 3, FIRST_PIECE, once))
        .containsExactly("once", " upon", "ly", " ", " once");
    assertThat(added(pieces, new int[] {0, once}, once)).containsExactly(" once");
  }

  @Test
  void marksAddNothing() {
    assertThat(added(pieces, new int[] {0}, FIRST_PIECE + 1, 1, 1, FIRST_PIECE + 2))
        .containsExactly("once", "", "", " upon");
  }

  @Test
  void bytesThatBeginNoCharacterAreNotHeldForEver() {
    Detokenizer detokenizer = new Detokenizer(bytes, new int[0]);
    int length = 0;
    for (int i = 0; i < 1000; i++) {
      length += detokenizer.add(0x80).length();
    }
    assertThat(length).isBetween(990, 1000);
    assertThat(length + detokenizer.end().length()).isEqualTo(1000);
  }

  @Test
  void aCharacterAfterBytesThatAreNoneIsWhole() {
    int[] tokens = new int[12];
    java.util.Arrays.fill(tokens, 0x80);
    assertThat(joined(bytes, tokens, utf8("€"))).isEqualTo("\uFFFD".repeat(12) + "€");
  }

  @Test
  void whatIsLeftComesAtTheEnd() {
    Detokenizer detokenizer = new Detokenizer(bytes, new int[0]);
    assertThat(detokenizer.add(0xE2)).isEmpty();
    assertThat(detokenizer.end()).isEqualTo("\uFFFD");
    assertThat(detokenizer.end()).isEmpty();
  }

  /** Random bytes, many of them no character: the parts make up what all tokens at once give. */
  @Test
  void thePartsMakeUpTheWhole() {
    Random random = new Random(3);
    for (int round = 0; round < 200; round++) {
      int[] tokens = new int[40];
      List<Integer> all = new ArrayList<>();
      for (int i = 0; i < tokens.length; i++) {
        tokens[i] = random.nextInt(4) == 0 ? 0x80 + random.nextInt(0x80) : 'a' + random.nextInt(26);
        all.add(tokens[i]);
      }
      assertThat(joined(bytes, tokens)).isEqualTo(bytes.decode(all));
    }
  }

  private static String joined(Tokenizer tokenizer, int[]... tokens) {
    Detokenizer detokenizer = new Detokenizer(tokenizer, new int[0]);
    StringBuilder text = new StringBuilder();
    for (int[] some : tokens) {
      for (int token : some) {
        text.append(detokenizer.add(token));
      }
    }
    return text.append(detokenizer.end()).toString();
  }

  private static List<String> added(Tokenizer tokenizer, int[] prompt, int... tokens) {
    Detokenizer detokenizer = new Detokenizer(tokenizer, prompt);
    List<String> texts = new ArrayList<>();
    for (int token : tokens) {
      texts.add(detokenizer.add(token));
    }
    return texts;
  }

  private static int[] utf8(String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    int[] tokens = new int[encoded.length];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = encoded[i] & 0xFF;
    }
    return tokens;
  }

  private static int[] shifted(int[] tokens) {
    return java.util.Arrays.stream(tokens).map(token -> token + FIRST_BYTE).toArray();
  }

  /** Pieces with a mark for the space, bytes for what has no piece, the first space stripped. */
  private static ObjectNode sentencePieces() {
    ObjectNode root = new ObjectMapper().createObjectNode().put("version", "1.0");
    root.putNull("truncation").putNull("padding").putNull("normalizer").putNull("pre_tokenizer");
    ArrayNode added = root.putArray("added_tokens");
    for (String mark : List.of("<s>", "</s>")) {
      ObjectNode token = added.addObject().put("id", added.size() - 1).put("content", mark);
      for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
        token.put(flag, false);
      }
      token.put("special", true);
    }
    root.putNull("post_processor");
    ArrayNode decoders = root.putObject("decoder").put("type", "Sequence").putArray("decoders");
    ObjectNode replace = decoders.addObject().put("type", "Replace").put("content", " ");
    replace.putObject("pattern").put("String", "▁");
    decoders.addObject().put("type", "ByteFallback");
    decoders.addObject().put("type", "Fuse");
    decoders.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
    ObjectNode model = root.putObject("model").put("type", "BPE").put("byte_fallback", true);
    ObjectNode vocabulary = model.putObject("vocab").put("<s>", 0).put("</s>", 1);
    for (int value = 0; value < 256; value++) {
      vocabulary.put(String.format("<0x%02X>", value), FIRST_BYTE + value);
    }
    PIECES.forEach(piece -> vocabulary.put(piece, vocabulary.size()));
    model.putArray("merges");
    return root;
  }
}
