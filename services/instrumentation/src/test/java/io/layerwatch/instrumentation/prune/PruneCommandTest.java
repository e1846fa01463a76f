package io.layerwatch.instrumentation.prune;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.instrumentation.CommandRun;
import io.layerwatch.instrumentation.TinyCheckpoint;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command on a checkpoint of three layers: what it writes, prints and refuses. */
class PruneCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  private Path model;
  private Path output;

  @BeforeEach
  void writeModel() throws IOException {
    model = new TinyCheckpoint(1, false).write(directory.resolve("tiny"), TensorType.BF16);
    output = directory.resolve("smaller");
  }

  @Test
  void whatWasRemovedIsPrintedAndRecordedBesideTheModel() throws IOException {
    CommandRun outcome = prune("1", output);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    JsonNode record = JSON.readTree(output.resolve("layerwatch-pruning.json").toFile());
    String from = record.path("from").asText();
    assertThat(from).matches("tiny@[0-9a-f]{12}");
    assertThat(record)
        .isEqualTo(
            JSON.readTree(
                ("{'from':'%s','indexBase':0,'layersBefore':3,'removedLayers':[1],"
                        + "'keptLayers':[0,2]}")
                    .formatted(from)
                    .replace('\'', '"')));
    assertThat(outcome.out())
        .startsWith(from + ": removed 1 of 3 layers (counted from 0), kept 2: 0.0 MiB of tensors")
        .endsWith("written to " + output + System.lineSeparator())
        .hasLineCount(2);
  }

  @Test
  void theCardBeginsWithWhatWasRemovedAndGoesOnAsItWas() throws IOException {
    String frontMatter = "---\r\nlicense: mit\r\n---\r\n";
    String text = "\n# Tiny\n\n---\nfür alle ✂";
    Files.writeString(model.resolve("README.md"), frontMatter + text);
    prune("2,1", output);
    String card = Files.readString(output.resolve("README.md"));
    assertThat(card)
        .startsWith(frontMatter + "# tiny, pruned\n\nRemoved from the 3 layers of `tiny@")
        .contains("`, counted from 0 as they are numbered there: 1, 2, by\n")
        .contains("\n    layerwatch prune --model DIR --drop 1,2 --output DIR\n")
        .endsWith("\n---\n\n" + text);
    // Of a card without front matter, and of one that is no UTF-8, every byte stays, too.
    byte[] bytes = {'#', ' ', (byte) 0xff, '\n', '-', '-', '-', '\n', '-', '-', '-'};
    Files.write(model.resolve("README.md"), bytes);
    Path again = directory.resolve("again");
    prune("0", again);
    assertThat(Files.readAllBytes(again.resolve("README.md")))
        .startsWith("# tiny, pruned\n".getBytes(StandardCharsets.UTF_8))
        .endsWith(bytes);
  }

  @Test
  void frontMatterThatEndsTheCardStaysClosed() throws IOException {
    Files.writeString(model.resolve("README.md"), "---\nlicense: mit\n---");
    prune("0", output);
    assertThat(Files.readString(output.resolve("README.md")))
        .startsWith("---\nlicense: mit\n---\n# tiny, pruned\n");
  }

  @Test
  void aModelThatWasPrunedBeforeSaysBoth() throws IOException {
    prune("0", output);
    Path again = directory.resolve("again");
    assertThat(prune("1", again, output).code()).isZero();
    JsonNode record = JSON.readTree(again.resolve("layerwatch-pruning.json").toFile());
    assertThat(record.path("from").asText()).startsWith("smaller@");
    assertThat(record.path("removedLayers").toString()).isEqualTo("[1]");
    assertThat(record.path("earlier").path("from").asText()).startsWith("tiny@");
    assertThat(record.path("earlier").path("removedLayers").toString()).isEqualTo("[0]");
  }

  @Test
  void otherFilesAreCopiedAndOtherWeightsAndHiddenFilesStayBehind() throws IOException {
    Path elsewhere = Files.writeString(directory.resolve("blob"), "{% generation %}");
    Files.createSymbolicLink(model.resolve("chat_template.jinja"), elsewhere);
    Files.writeString(model.resolve("tokenizer_config.json"), "{\"a\": \"ü\"}");
    Files.writeString(model.resolve("generation_config.json"), "{}");
    Files.createDirectories(model.resolve("original/.cache"));
    Files.writeString(model.resolve("original/params.json"), "{\"n_layers\": 3}");
    for (String left : List.of("pytorch_model.bin", "original/consolidated.00.PTH", "x.gguf")) {
      Files.writeString(model.resolve(left), "weights of the whole model");
    }
    Files.writeString(model.resolve("consolidated.safetensors"), "no checkpoint of ours");
    Files.writeString(model.resolve("pytorch_model.bin.index.json"), "{}");
    Files.writeString(model.resolve("original/.cache/x"), "hidden");
    Files.writeString(model.resolve(".gitattributes"), "hidden");
    CommandRun outcome = prune("0,2", output);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains(
            "not copied, since they hold the whole model's weights: [consolidated.safetensors,"
                + " original/consolidated.00.PTH, pytorch_model.bin, pytorch_model.bin.index.json,"
                + " x.gguf]");
    assertThat(files(output))
        .containsExactlyInAnyOrder(
            "chat_template.jinja",
            "config.json",
            "generation_config.json",
            "layerwatch-pruning.json",
            "model.safetensors",
            "original/params.json",
            "tokenizer.json",
            "tokenizer_config.json");
    for (String copied :
        List.of("chat_template.jinja", "tokenizer.json", "tokenizer_config.json")) {
      assertThat(output.resolve(copied)).hasSameBinaryContentAs(model.resolve(copied));
      assertThat(Files.isSymbolicLink(output.resolve(copied))).isFalse();
    }
  }

  @ParameterizedTest(name = "--drop {0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "3 | expected layers from 0 to 2, got 3",
        "2,0,1 | expected a layer to be left, got all 3",
        "-1 | expected layers from 0 on, each once, such as 3,7, got \"-1\"",
        "4,4 | expected layers from 0 on, each once, such as 3,7, got \"4,4\"",
        "1, | expected layers from 0 on, each once, such as 3,7, got \"1,\"",
        "x | expected layers from 0 on, each once, such as 3,7, got \"x\"",
        "'' | expected layers from 0 on, each once, such as 3,7, got \"\"",
      })
  void layersThatCannotBeRemovedAreWrongUsage(String drop, String sentence) throws IOException {
    CommandRun outcome = prune(drop, output);
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err().lines()).containsExactly("--drop: " + sentence, "Try 'prune --help'.");
    assertNothingIsLeft();
  }

  @Test
  void spacesBetweenLayersAreNoMistake() throws IOException {
    assertThat(prune("2, 0", output).code()).isZero();
    assertThat(files(output)).contains("model.safetensors");
  }

  @Test
  void anOutputThatHoldsSomethingOrLiesInTheModelIsRefused() throws IOException {
    Path full = Files.createDirectory(directory.resolve("full"));
    Files.writeString(full.resolve("mine"), "precious");
    assertRefused(full, "expected a new or empty directory, found something there");
    assertRefused(model.resolve("tokenizer.json"), "expected a directory outside of the model's");
    assertRefused(model.resolve("inner"), "expected a directory outside of the model's");
    assertRefused(model, "expected a directory outside of the model's");
    Path link = Files.createSymbolicLink(directory.resolve("link"), model);
    assertRefused(link.resolve("inner"), "expected a directory outside of the model's");
    assertRefused(full.resolve("mine"), "expected a new or empty directory");
    assertRefused(
        directory.resolve("no/such"), "expected to be made in a directory that exists, found none");
    assertThat(full.resolve("mine")).hasContent("precious");
    assertNothingIsLeft("full/mine");
  }

  @Test
  void anEmptyDirectoryIsReplacedWhereverItsLinkLeads() throws IOException {
    Path empty = Files.createDirectory(directory.resolve("empty"));
    Path link = Files.createSymbolicLink(output, empty);
    assertThat(prune("0", link).code()).isZero();
    assertThat(empty.resolve("config.json")).exists();
    assertThat(Files.isSymbolicLink(link)).isTrue();
  }

  @Test
  void anArchiveIsRefusedWithTheReason() throws IOException {
    Files.writeString(model.resolve("layerwatch.json"), "{}");
    assertRefused(
        output, "got a TorchScript archive, whose layers are fixed in its graph: leave them out");
    assertNothingIsLeft("tiny/layerwatch.json");
  }

  @Test
  void anAdapterAndTensorsOfOtherLayersAreRefused() throws IOException {
    Path adapter = Files.writeString(model.resolve("adapter_config.json"), "{}");
    assertRefused(output, "expected none, since an adapter speaks of layers by number");
    Files.delete(adapter);
    String config = Files.readString(model.resolve("config.json"));
    Files.writeString(
        model.resolve("config.json"),
        config.replace("\"num_hidden_layers\":3", "\"num_hidden_layers\":4"));
    assertRefused(
        output,
        "expected tensors of the layers 0 to 3 under model.layers, transformer.h, h or"
            + " gpt_neox.layers, got those of [0, 1, 2]");
    assertNothingIsLeft();
  }

  @Test
  void afterAFailureHalfWayNothingIsLeft() throws IOException {
    Files.createSymbolicLink(model.resolve("vocab.json"), directory.resolve("gone"));
    CommandRun outcome = prune("0", output);
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err())
        .startsWith("layerwatch: " + output + ": cannot be written: ")
        .contains("vocab.json")
        .hasLineCount(1);
    assertNothingIsLeft("tiny/vocab.json");
  }

  private void assertRefused(Path where, String sentence) {
    CommandRun outcome = prune("0", where);
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).startsWith("layerwatch: ").contains(sentence).hasLineCount(1);
  }

  private void assertNothingIsLeft(String... more) throws IOException {
    assertThat(files(directory))
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    Stream.of("tiny/config.json", "tiny/model.safetensors", "tiny/tokenizer.json"),
                    Stream.of(more))
                .toList());
  }

  /** Everything but directories, which would be empty. */
  private static List<String> files(Path in) throws IOException {
    try (Stream<Path> walk = Files.walk(in)) {
      return walk.filter(path -> !Files.isDirectory(path) || isLeftOver(path))
          .filter(path -> !path.equals(in))
          .map(path -> in.relativize(path).toString())
          .toList();
    }
  }

  private static boolean isLeftOver(Path path) {
    return path.getFileName().toString().startsWith(".");
  }

  private static CommandRun prune(String drop, Path output, Path model) {
    return CommandRun.of(
        new PruneCommand(),
        List.of("--model", model.toString(), "--drop", drop, "--output", output.toString()));
  }

  private CommandRun prune(String drop, Path where) {
    return prune(drop, where, model);
  }
}
