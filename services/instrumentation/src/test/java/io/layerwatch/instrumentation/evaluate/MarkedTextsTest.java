package io.layerwatch.instrumentation.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.RandomCheckpoint;
import io.layerwatch.instrumentation.TinyCheckpoint;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.instrumentation.model.Tokenizer;
import io.layerwatch.instrumentation.naive.FamilyCheckpoint;
import io.layerwatch.instrumentation.naive.NaiveDecoder;
import io.layerwatch.instrumentation.train.ByteTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts in tokens, by tokenizers of one token a byte whose marks differ. */
class MarkedTextsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  @Test
  void everyPieceBeginsWithTheMarkAndTheEndMarkStaysAtTheEnd() throws IOException {
    try (Tokenizer tokenizer = tokenizer(MarkedTextsTest::endToo)) {
      MarkedTexts texts = new MarkedTexts(tokenizer);
      assertThat(texts.encode("ab")).containsExactly(256, 'a', 'b');
      assertThat(texts.encode("")).containsExactly(256);
      assertThat(texts.shortest()).isEqualTo(2);
      assertThat(texts.cut(tokenizer.encode("abcd"), 3))
          .containsExactly(
              new int[] {256, 'a', 'b'}, new int[] {256, 'c', 'd'}, new int[] {256, 257});
      assertThat(texts.cut(new int[] {256}, 3)).isEmpty();
      assertThat(texts.cut(new int[] {256, 'a'}, 3)).containsExactly(new int[] {256, 'a'});
      assertThat(texts.cut(new int[] {'a', 256, 'b', 'c'}, 3))
          .containsExactly(new int[] {'a', 256, 'b'});
    }
  }

  @Test
  void withoutMarksPiecesAreTheTextAlone() throws IOException {
    try (Tokenizer tokenizer = tokenizer(root -> root.putNull("post_processor"))) {
      MarkedTexts texts = new MarkedTexts(tokenizer);
      assertThat(texts.encode("ab")).containsExactly('a', 'b');
      assertThat(texts.cut(texts.encode("abcde"), 2))
          .containsExactly(new int[] {'a', 'b'}, new int[] {'c', 'd'});
    }
  }

  @Test
  void aLongTextIsEncodedUntilThereAreEnoughTokens() throws IOException {
    try (Tokenizer tokenizer = tokenizer(root -> {})) {
      MarkedTexts texts = new MarkedTexts(tokenizer, 10);
      String text = "one\ntwo\nthree\nfour\nfive";
      assertThat(texts.encode(text, Long.MAX_VALUE)).isEqualTo(texts.encode(text));
      assertThat(texts.encode(text, 9)).isEqualTo(texts.encode("one\ntwo\n"));
      assertThat(texts.encode(text, 10)).isEqualTo(texts.encode("one\ntwo\nthree\n"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    // Text, from, most, end: all that is left; after a line; no line; never within a character.
    "abc,0,3,3",
    "abc,1,5,3",
    "a|b|cd,0,4,4",
    "a|b|cd,2,3,4",
    "abcd,0,3,3",
    "a😀b,0,2,1",
    "a😀b,0,3,3"
  })
  void partsEndWithALineWhereThereIsOne(String text, int from, int most, int end) {
    assertThat(MarkedTexts.partEnd(text.replace('|', '\n'), from, most)).isEqualTo(end);
  }

  /** What would be served is one text: a token over the border is the answer's. */
  @Test
  void anAnswerBeginsWithTheTokenThatHoldsItsBeginning() throws IOException {
    TinyCheckpoint tiny = new TinyCheckpoint(5, true);
    RandomCheckpoint checkpoint = new RandomCheckpoint(tiny.config(), 0);
    checkpoint.tensors().putAll(tiny.tensors());
    Path written = checkpoint.write(directory.resolve("model"), TensorType.F32);
    rewrite(written.resolve("tokenizer.json"), MarkedTextsTest::mergeAb);
    NaiveDecoder naive = FamilyCheckpoint.naive(checkpoint);
    try (LanguageModel model = LanguageModel.load(LanguageModel.Source.of(written))) {
      Question question = new Question("file:1", "prompt and answer", "xa", List.of("bc", "c"), 0);
      Example example = question.example(model, new MarkedTexts(model.tokenizer()));
      assertThat(example.candidates().get(0).ids()).containsExactly(256, 'x', 250, 'c');
      assertThat(example.candidates().get(0).from()).isEqualTo(2);
      assertThat(example.candidates().get(1).ids()).containsExactly(256, 'x', 'a', 'c');
      assertThat(example.candidates().get(1).from()).isEqualTo(3);
      TaskEvaluation evaluation = new TaskEvaluation(model, List.of());
      evaluation.add(example);
      double expected =
          new NaiveMeasures().add(naive, Set.of(), 2, 256, 'x', 250, 'c').logLikelihood;
      assertThat(evaluation.tallies().get(0).right().logLikelihood())
          .isCloseTo(expected, within(1e-4));
    }
  }

  /** Byte 250 gives its place to the pair. */
  private static void mergeAb(ObjectNode root) {
    ObjectNode model = (ObjectNode) root.path("model");
    ObjectNode vocabulary = (ObjectNode) model.path("vocab");
    String symbol =
        vocabulary.properties().stream()
            .filter(entry -> entry.getValue().asInt() == 250)
            .findFirst()
            .orElseThrow()
            .getKey();
    vocabulary.remove(symbol);
    vocabulary.put("ab", 250);
    model.putArray("merges").add("a b");
  }

  private static void endToo(ObjectNode root) {
    ObjectNode post = (ObjectNode) root.path("post_processor");
    post.withArray("single")
        .addObject()
        .putObject("SpecialToken")
        .put("id", "</s>")
        .put("type_id", 0);
    ObjectNode end = ((ObjectNode) post.path("special_tokens")).putObject("</s>").put("id", "</s>");
    end.putArray("ids").add(ByteTokenizer.END);
    end.putArray("tokens").add("</s>");
  }

  private Tokenizer tokenizer(Consumer<ObjectNode> change) throws IOException {
    Path file = directory.resolve("tokenizer.json");
    ByteTokenizer.write(file);
    rewrite(file, change);
    return Tokenizer.read(directory);
  }

  private static void rewrite(Path file, Consumer<ObjectNode> change) throws IOException {
    ObjectNode root = (ObjectNode) JSON.readTree(file.toFile());
    change.accept(root);
    JSON.writeValue(file.toFile(), root);
  }
}
