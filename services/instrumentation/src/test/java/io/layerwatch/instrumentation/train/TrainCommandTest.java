package io.layerwatch.instrumentation.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.instrumentation.generate.Sampling;
import io.layerwatch.instrumentation.generate.TextGenerator;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.SequenceProbe;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TrainCommandTest {

  @TempDir private Path directory;

  @Test
  void aModelLearnsATextThatRepeatsAndWritesACheckpointThatContinuesIt() throws Exception {
    Path text = Files.writeString(directory.resolve("text"), "abcdefgh".repeat(200));
    Path model = directory.resolve("model");
    StringWriter out = new StringWriter();
    int code =
        new CommandLine(new TrainCommand())
            .setOut(new PrintWriter(out))
            .execute(
                "--text", text.toString(),
                "--output", model.toString(),
                "--layers", "2",
                "--hidden", "32",
                "--heads", "2",
                "--context", "32",
                "--batch", "4",
                "--steps", "300",
                "--learning-rate", "0.01",
                "--layer-drop", "0");
    assertThat(code).isZero();
    Matcher loss =
        Pattern.compile("step 300 of 300: loss ([\\d.]+) nats per byte").matcher(out.toString());
    assertThat(loss.find()).as(out.toString()).isTrue();
    // Chance is ln 258 = 5.55.
    assertThat(Double.parseDouble(loss.group(1))).isLessThan(2);
    try (LanguageModel trained = LanguageModel.load(LanguageModel.Source.of(model))) {
      List<Integer> continued =
          new TextGenerator(trained)
              .complete(
                  trained.tokenizer().encode("abcdefghabc"), 5, Sampling.GREEDY, SequenceProbe.NONE)
              .tokens();
      assertThat(continued).containsExactly((int) 'd', (int) 'e', (int) 'f', (int) 'g', (int) 'h');
    }
  }

  @Test
  void aTextShorterThanTheContextIsRefused() throws Exception {
    Path text = Files.writeString(directory.resolve("text"), "short");
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(new TrainCommand())
            .setErr(new PrintWriter(err))
            .execute("--text", text.toString(), "--output", directory.resolve("m").toString());
    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("--text: expected more than 256 bytes, got 5");
  }

  @Test
  void aPlanThatNoCheckpointCouldHoldIsRefused() throws Exception {
    Path text = Files.writeString(directory.resolve("text"), "a".repeat(1000));
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(new TrainCommand())
            .setErr(new PrintWriter(err))
            .execute(
                "--text", text.toString(),
                "--output", directory.resolve("m").toString(),
                "--heads", "9");
    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("--heads: expected 1 or an even number, got 9");
    assertThat(directory.resolve("m")).doesNotExist();
  }
}
