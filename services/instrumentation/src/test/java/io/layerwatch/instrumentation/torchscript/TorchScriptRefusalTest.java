package io.layerwatch.instrumentation.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.checkpoint.InvalidCheckpointException;
import io.layerwatch.instrumentation.model.ComputeDevice;
import io.layerwatch.instrumentation.model.ComputeType;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.runtime.process.StartException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with an archive is one sentence when it is loaded; the process never dies. */
class TorchScriptRefusalTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;
  private Path archive;
  private Path manifest;

  @BeforeEach
  void copy() throws IOException {
    Example.copy(directory);
    archive = directory.resolve("model.pt");
    manifest = directory.resolve("layerwatch.json");
  }

  /** Without loading anything, so that a command can refuse it at once. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/formatVersion | 2 | formatVersion: expected 1, got 2",
        "/formatVersion | null | formatVersion: expected a positive whole number, got null",
        "/layercount | 3 | expected an object of formatVersion, archive, layerCount, hiddenSize,"
            + " vocabularySize, contextLength, endTokens, layerMaskInput, outputs, size, got"
            + " [layercount]",
        "/layerCount | 513 | layerCount: expected at most 512, got 513",
        "/layerCount | '3' | layerCount: expected a positive whole number, got '3'",
        "/hiddenSize | 0 | hiddenSize: expected a positive whole number, got 0",
        "/vocabularySize | -1 | vocabularySize: expected a positive whole number, got -1",
        "/contextLength | 1.5 | contextLength: expected a positive whole number, got 1.5",
        "/endTokens | 257 | endTokens: expected a list, got 257",
        "/endTokens | [257,258] | endTokens: expected token ids below vocabularySize, got [257,258]",
        "/endTokens | [-1] | endTokens: expected whole numbers, got [-1]",
        "/layerMaskInput | 1 | layerMaskInput: expected true or false, got 1",
        "/archive | '../model.pt' | archive: expected the name of a file in this directory, got"
            + " '../model.pt'",
        "/archive | '' | archive: expected the name of a file in this directory, got ''",
        "/outputs | null | outputs: expected an object, got null",
        "/outputs/attentions | 5 | outputs: expected an object of firstBlockInput, blockOutputs,"
            + " logits, got [attentions]",
        "/outputs/firstBlockInput | null | outputs.firstBlockInput: expected a whole number, got"
            + " null",
        "/outputs/logits | 3 | outputs: expected every output once, got"
            + " {'firstBlockInput':0,'blockOutputs':[1,2,3],'logits':3}",
        "/outputs/blockOutputs | [1,2] | outputs.blockOutputs: expected an output for each of 3"
            + " layers, got [1,2]",
        "/outputs/blockOutputs | [1,2,'3'] | outputs.blockOutputs: expected whole numbers, got"
            + " [1,2,'3']",
        "/size/layerParameters | -1 | size.layerParameters: expected a whole number, got -1",
        "/size/modelParameters | 1 | size: expected a layer to be no larger than its model, and"
            + " that below 1e15, got {'layerParameters':1960,'modelParameters':1,"
            + "'layerMultiplyAdds':1792,'modelMultiplyAdds':9504}",
      })
  void aManifestThatSaysSomethingElseIsRefusedByKey(String pointer, String value, String expected)
      throws IOException {
    set(pointer, value);
    assertThatThrownBy(() -> LanguageModel.check(directory))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessage(manifest + ": " + expected.replace('\'', '"'));
  }

  /** Found by the trial pass. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/hiddenSize | 17 | output 0, outputs.firstBlockInput: expected shape [1, 5, 17], got"
            + " [1, 5, 16]",
        "/vocabularySize | 300 | expected a pass over 5 tokens, got RuntimeError: index out of"
            + " range in self",
        "/outputs/logits | 7 | expected 8 outputs or more, got 5",
        "/outputs | {'firstBlockInput':0,'blockOutputs':[1,2,4],'logits':3} | output 4,"
            + " outputs.blockOutputs[2]: expected shape [1, 5, 16], got [1, 5, 258]",
        "/outputs/blockOutputs | [2,1,3] | outputs.blockOutputs[0]: expected the block's input"
            + " where the mask skips layer 0, got other values",
        "/layerMaskInput | false | expected a pass over 5 tokens, got forward() is missing value for"
            + " argument 'layer_mask'",
      })
  void anArchiveOfWhichTheManifestSaysOtherwiseIsRefused(
      String pointer, String value, String expected) throws IOException {
    set(pointer, value);
    assertRefused(archive + ": " + expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // The last token first: every token sees what follows it.
        "(torch.flip(_1, [1]), _2, _3, _4, _5) | outputs.firstBlockInput: expected the same for a"
            + " token whatever follows it, got other values",
        // A trace that took the length of its example for a constant.
        "(torch.slice(_1, 1, 0, 4), _2, _3, _4, _5) | output 0, outputs.firstBlockInput: expected"
            + " shape [1, 5, 16], got [1, 4, 16]",
        "(_1, _2, _3, torch.squeeze(_4, 0), _5) | output 3, outputs.blockOutputs[2]: expected"
            + " shape [1, 5, 16], got [5, 16]",
        "_5 | expected 5 outputs or more, got 1",
        "7 | expected a pass over 5 tokens, got Unsupported IValue type",
      })
  void anArchiveThatComputesSomethingElseIsRefused(String returned, String expected)
      throws IOException {
    Example.rewritten(
        directory,
        source ->
            source
                .replaceFirst("return .*", "return " + returned)
                .replaceFirst(
                    "Tuple\\[.*\\]:",
                    returned.startsWith("(")
                        ? "Tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:"
                        : returned.equals("7") ? "int:" : "Tensor:"));
    assertRefused(archive + ": " + expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "garbage", "truncated", "no code", "no data"})
  void aFileThatIsNoArchiveIsRefusedBeforePyTorchSeesIt(String what) throws IOException {
    byte[] whole = Files.readAllBytes(archive);
    switch (what) {
      case "garbage" -> {
        byte[] garbage = new byte[5000];
        new Random(1).nextBytes(garbage);
        Files.write(archive, garbage);
      }
      case "truncated" -> Files.write(archive, Arrays.copyOf(whole, whole.length / 2));
      case "no code" -> zip("archive/data.pkl", "archive/constants.pkl", "archive/data/0");
      case "no data" -> zip("archive/code/__torch__.py", "archive/constants.pkl");
      default -> Files.write(archive, new byte[0]);
    }
    assertThatThrownBy(() -> LanguageModel.check(directory))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessageStartingWith(
            archive
                + ": expected an archive that torch.jit.save wrote, got "
                + (what.startsWith("no ") ? "a zip file without " : "no zip file: "));
    assertRefused(archive + ": expected an archive that torch.jit.save wrote, got ");
  }

  @Test
  void aMissingFileIsRefused() throws IOException {
    Files.delete(archive);
    assertRefused(archive + ": expected a TorchScript archive, found none");
    Example.copy(directory);
    Files.delete(directory.resolve("tokenizer.json"));
    assertRefused(directory.resolve("tokenizer.json") + ": expected a file, found none");
  }

  /** PyTorch itself would not notice. */
  @Test
  void aDamagedFileIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(archive);
    // Within the embedding, which lies at the beginning.
    bytes[1000] ^= 1;
    Files.write(archive, bytes);
    assertRefused(archive + ": model/data/1: expected checksum ");
  }

  /** Whole as a zip file, so that only PyTorch finds out. */
  @Test
  void whatPyTorchDoesNotLoadIsRefused() throws IOException {
    zip("archive/data.pkl", "archive/constants.pkl", "archive/code/__torch__.py");
    assertRefused(archive + ": expected an archive that PyTorch loads, got ");
    Example.rewritten(directory, source -> source.replace("return (_1", "return torch.nop(_1"));
    assertRefused(archive + ": expected an archive that PyTorch loads, got Unknown builtin op");
  }

  @ParameterizedTest
  @EnumSource(
      value = ComputeType.class,
      names = {"FLOAT16", "FLOAT32"})
  void aTypeThatWasAskedForIsRefused(ComputeType type) {
    assertThatThrownBy(
            () ->
                LanguageModel.load(LanguageModel.Source.of(directory), ComputeDevice.CPU, type)
                    .close())
        .isInstanceOf(StartException.class)
        .hasMessage(
            "instrumentation.dtype: expected auto for a TorchScript archive, which computes in the"
                + " types that it was exported with, got "
                + type.id());
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> LanguageModel.load(LanguageModel.Source.of(directory)).close())
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessageStartingWith(message)
        .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
  }

  private void set(String pointer, String value) throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(manifest.toFile());
    int slash = pointer.lastIndexOf('/');
    ((ObjectNode) json.at(pointer.substring(0, slash)))
        .set(pointer.substring(slash + 1), JSON.readTree(value.replace('\'', '"')));
    JSON.writeValue(manifest.toFile(), json);
  }

  private void zip(String... names) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
      for (String name : names) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write("x".getBytes(StandardCharsets.UTF_8));
      }
    }
  }
}
