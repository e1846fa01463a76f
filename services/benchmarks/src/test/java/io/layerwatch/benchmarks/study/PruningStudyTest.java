package io.layerwatch.benchmarks.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** That the study runs; what it finds is in the docs. */
class PruningStudyTest {

  @Test
  void everyRankingAndEveryAlternativeGetsARow() {
    StringWriter out = new StringWriter();
    int code =
        new CommandLine(new PruningStudy())
            .setOut(new PrintWriter(out))
            .execute(
                "--model", "../standalone/demo/shakespeare-12l",
                "--data", "../standalone/demo/evaluation.jsonl",
                "--data", "../standalone/demo/shifted.jsonl",
                "--sequences", "4",
                "--sequence-tokens", "32",
                "--share", "0.1",
                "--random", "2");
    assertThat(code).isZero();
    assertThat(out.toString())
        .contains("### shakespeare-12l on evaluation.jsonl")
        .containsPattern("\\| AVSS at relative-contribution \\| [+-][\\d.]+ \\| \\d+ \\| [\\d.]+ %")
        .containsPattern("\\| block influence \\| [+-][\\d.]+ \\| \\d+ \\| [\\d.]+ %")
        .containsPattern("\\| the last \\|  \\| 11 \\| [\\d.]+ %")
        .containsPattern("\\| at random, mean of 2 \\|  \\|  \\| [\\d.]+ %")
        .containsPattern("\\| the best of all sets \\|  \\| \\d+ \\| [\\d.]+ %")
        .contains("### Over all 2")
        .containsPattern("\\| the last \\|  \\|  \\| [\\d.]+ % \\| [\\d.]+ % \\| \\d of 2 \\|");
  }

  @Test
  void aShareOfLessThanALayerIsRefused() {
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(new PruningStudy())
            .setErr(new PrintWriter(err))
            .execute(
                "--model", "../standalone/demo/shakespeare-12l",
                "--data", "../standalone/demo/evaluation.jsonl",
                "--share", "0.01");
    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("--share: expected one layer or more, got 0.01");
  }

  @ParameterizedTest
  @CsvSource({
    "--random, 0, '--random: expected 1 or more, got 0'",
    "--sequences, 1, '--sequences: expected 2 or more, got 1'"
  })
  void tooFewToMeasureOnAreRefused(String option, String value, String message) {
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(new PruningStudy())
            .setErr(new PrintWriter(err))
            .execute("--model", "x", "--data", "y", option, value);
    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains(message);
  }
}
