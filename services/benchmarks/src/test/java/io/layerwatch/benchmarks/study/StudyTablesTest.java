package io.layerwatch.benchmarks.study;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.evaluation.LanguageModeling;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class StudyTablesTest {

  private final StringWriter text = new StringWriter();
  private final StudyTables tables = new StudyTables(new PrintWriter(text));

  @Test
  void whatWasNotTriedIsSaid() {
    tables.print(found(0, 1_820));
    assertThat(text.toString())
        .contains("| AVSS | +0.50 | 1 | 95.0 % | 1.10 |")
        .contains("The best of all 1820 sets was not looked for.");
  }

  @Test
  void theSumHasTheMeanTheWorstAndHowManyKeepNineTenths() {
    StudyCase better = found(0.5, 0);
    StudyCase worse = found(-0.25, 0);
    tables.summarize(List.of(better, worse));
    assertThat(text.toString())
        .contains("| AVSS | +0.63 | +0.25 | 82.5 % | 70.0 % | 1 of 2 |")
        .contains("| the last |  |  | 92.5 % | 80.0 % | 1 of 2 |")
        .doesNotContain("not looked for");
  }

  /** Correlation is 0.5 and more, and 95 % are retained, or 70 % where it is less. */
  private static StudyCase found(double more, int untried) {
    return new StudyCase(
        "tiny@r1",
        "text",
        10,
        new LanguageModeling(1, 10, 2, 0.5),
        List.of(0.5, 0.1),
        List.of(
            new Removal(
                "AVSS", OptionalDouble.of(0.5 + more), List.of(1), more < 0 ? 0.7 : 0.95, 1.1),
            new Removal(
                "the last", OptionalDouble.empty(), List.of(1), more < 0 ? 0.8 : 1.05, 1.2)),
        untried);
  }
}
