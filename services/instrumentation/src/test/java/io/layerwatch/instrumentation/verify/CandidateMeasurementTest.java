package io.layerwatch.instrumentation.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.evaluation.PruningEffect;
import io.layerwatch.analysis.pruning.PruningEvaluation;
import io.layerwatch.analysis.pruning.PruningEvaluation.Attempt;
import io.layerwatch.analysis.pruning.PruningProposal;
import io.layerwatch.analysis.pruning.PruningProposal.LayerEvidence;
import io.layerwatch.instrumentation.RandomCheckpoint;
import io.layerwatch.instrumentation.TinyCheckpoint;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import io.layerwatch.instrumentation.evaluate.LanguageModelingEvaluation;
import io.layerwatch.instrumentation.model.InferenceStoppedException;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.instrumentation.naive.FamilyCheckpoint;
import io.layerwatch.instrumentation.naive.NaiveDecoder;
import io.layerwatch.runtime.settings.InvalidSettingsException;
import io.layerwatch.runtime.testing.Metrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which sets of layers are measured, and which of them counts. */
class CandidateMeasurementTest {

  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);

  private static LanguageModel model;
  private static EvaluationSet data;
  private static Path file;

  @BeforeAll
  static void load(@TempDir Path directory) throws IOException {
    TinyCheckpoint checkpoint = new TinyCheckpoint(5, true);
    model =
        LanguageModel.load(
            LanguageModel.Source.of(checkpoint.write(directory.resolve("tiny"), TensorType.F32)));
    file = directory.resolve("text.jsonl");
    RandomCheckpoint weights = new RandomCheckpoint(checkpoint.config(), 0);
    weights.tensors().putAll(checkpoint.tensors());
    NaiveDecoder naive = FamilyCheckpoint.naive(weights);
    Random random = new Random(3);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      lines.add("{\"tokens\": " + partlyPredicted(naive, random) + "}");
    }
    Files.write(file, lines);
    data = EvaluationSet.read(file, model, settings(30, 2_048, 1));
  }

  /** 40 tokens, of which the model predicts about half. */
  private static List<Integer> partlyPredicted(NaiveDecoder naive, Random random) {
    int[] ids = random.ints(40, 0, 256).toArray();
    for (int i = 1; i < ids.length; i++) {
      if (random.nextBoolean()) {
        double[][] logits = naive.run(Set.of(), Arrays.copyOf(ids, i)).logits();
        double[] last = logits[i - 1];
        ids[i] =
            IntStream.range(0, last.length)
                .reduce((best, word) -> last[word] > last[best] ? word : best)
                .orElseThrow();
      }
    }
    return Arrays.stream(ids).boxed().toList();
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void theDataIsItsBeginningAndIsNamedByItsContent() {
    assertThat(data.sequences()).hasSize(30);
    assertThat(data.name()).matches("text\\.jsonl sha256:[0-9a-f]{12}");
  }

  @Test
  void tooLittleTextIsRefused() {
    assertThatThrownBy(() -> EvaluationSet.read(file, model, settings(29, 2_048, 1)))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessage(
            "instrumentation.verifier.data: "
                + file
                + ": expected 30 different sequences or more, got 29 of up to "
                + TinyCheckpoint.CONTEXT
                + " tokens"
                + " (instrumentation.verifier.sequence.tokens, instrumentation.verifier.sequences)");
    assertThatThrownBy(() -> EvaluationSet.read(file, model, settings(30, 2_048, 1_171)))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessage(
            "instrumentation.verifier.data: "
                + file
                + ": expected 1171 predicted tokens or more"
                + " (instrumentation.verifier.tokens.minimum), got 1170");
  }

  @Test
  void aSequenceThatRepeatsCountsOnce(@TempDir Path directory) throws IOException {
    Path repeated = directory.resolve("repeated.jsonl");
    List<String> lines = Files.readAllLines(file).subList(0, 29);
    Files.write(repeated, lines);
    Files.write(repeated, lines, StandardOpenOption.APPEND);
    assertThatThrownBy(() -> EvaluationSet.read(repeated, model, settings(100, 2_048, 1)))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("expected 30 different sequences or more, got 29");
  }

  /** Every second token is the same, which the model does not expect. */
  @Test
  void nothingIsVerifiedOnATextThatTheModelCannotPredict() throws Exception {
    List<int[]> sequences = new ArrayList<>();
    for (int[] ids : data.sequences()) {
      int[] other = ids.clone();
      for (int i = 1; i < other.length; i += 2) {
        other[i] = 17;
      }
      sequences.add(other);
    }
    EvaluationSet text = new EvaluationSet("strange", sequences);
    assertThat(text.constantGuess()).isGreaterThan(0.5);
    PruningEvaluation evaluation =
        new CandidateMeasurement(model, List.of(text), 0.001, new TimeShare(1), "host", () -> NOW)
            .of(proposal(2));
    assertThat(evaluation.effect().full().accuracy()).isLessThan(0.5);
    assertThat(evaluation.passed()).isFalse();
    assertThat(evaluation.effect().retained().error()).isInfinite();
  }

  /** Its rest is nine times its work, and the thread's own time is no more than its work. */
  @Test
  void measuringKeepsToItsShareOfTime() throws Exception {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = System.nanoTime();
    long startOfWork = threads.getCurrentThreadCpuTime();
    new CandidateMeasurement(model, List.of(data), 0.01, new TimeShare(0.1), "host", () -> NOW)
        .of(proposal(2));
    long worked = threads.getCurrentThreadCpuTime() - startOfWork;
    assertThat(System.nanoTime() - start).isGreaterThan(5 * worked);
  }

  @Test
  void sequencesAreAsLongAsIsSet() {
    assertThat(EvaluationSet.read(file, model, settings(100, 16, 1)).sequences())
        .hasSize(96)
        .allSatisfy(sequence -> assertThat(sequence).hasSizeLessThanOrEqualTo(16));
  }

  private static VerifierSettings settings(int sequences, int sequenceTokens, int minimumTokens) {
    return new VerifierSettings(List.of(file), 0.9, 0.1, sequences, sequenceTokens, minimumTokens);
  }

  /** Least important first: 2, 0, 1. */
  @Test
  void whatRetainsEnoughIsMeasuredOnce() throws Exception {
    PruningEvaluation evaluation = measured(Math.min(1, atLeast(0, 1, 2)), 2, 0, 1);
    assertThat(evaluation.passed()).isTrue();
    assertThat(evaluation.inFull()).isTrue();
    assertThat(evaluation.effect()).isEqualTo(effect(0, 1, 2));
    assertThat(evaluation.attempts()).containsExactly(Attempt.of(effect(0, 1, 2), data.name()));
    assertThat(evaluation.model()).isEqualTo(model.id());
    assertThat(evaluation.candidate()).containsExactly(0, 1, 2);
    assertThat(evaluation.dataset()).isEqualTo(data.name());
    assertThat(evaluation.instance()).isEqualTo("host");
    assertThat(evaluation.evaluatedAt()).isEqualTo(NOW);
  }

  /** Rankings are drawn so that the gate lies between what whole and part retain. */
  @Test
  void theLargestBeginningOfTheRankingThatPassesIsFound() throws Exception {
    for (List<Integer> ranking :
        List.of(List.of(0, 1, 2), List.of(1, 0, 2), List.of(2, 1, 0), List.of(2, 0, 1))) {
      List<Double> shares = new ArrayList<>();
      for (int count = 3; count > 0; count--) {
        shares.add(atLeast(ranking.subList(0, count).toArray(new Integer[0])));
      }
      double gate = shares.stream().mapToDouble(share -> share).max().orElseThrow();
      int expected = 3 - shares.indexOf(gate);
      PruningEvaluation evaluation = measured(gate, ranking.toArray(new Integer[0]));
      assertThat(evaluation.passed()).isTrue();
      assertThat(evaluation.effect().layers())
          .containsExactlyElementsOf(ranking.subList(0, expected).stream().sorted().toList());
      assertThat(evaluation.attempts()).hasSize(3 - expected + 1);
      assertThat(evaluation.attempts().get(0).layers()).containsExactly(0, 1, 2);
    }
  }

  /** Of the full text and its first half, which retain differently. */
  @Test
  void theGateMustBeReachedOnEveryText() throws Exception {
    EvaluationSet half = new EvaluationSet("half", data.sequences().subList(0, 15));
    double whole = effect(data, 2, 0).retained().atLeast();
    double part = effect(half, 2, 0).retained().atLeast();
    EvaluationSet worse =
        effect(data, 2, 0).accuracyRetained() < effect(half, 2, 0).accuracyRetained() ? data : half;
    double gate = (whole + part) / 2;
    for (List<EvaluationSet> texts : List.of(List.of(data, half), List.of(half, data))) {
      PruningEvaluation evaluation =
          new CandidateMeasurement(model, texts, gate, new TimeShare(1), "host", () -> NOW)
              .of(proposal(2, 0));
      assertThat(evaluation.attempts())
          .startsWith(
              Attempt.of(effect(texts.get(0), 2, 0), texts.get(0).name()),
              Attempt.of(effect(texts.get(1), 2, 0), texts.get(1).name()));
      assertThat(evaluation.inFull()).isFalse();
      PruningEvaluation easier =
          new CandidateMeasurement(
                  model, texts, Math.min(whole, part), new TimeShare(1), "host", () -> NOW)
              .of(proposal(2, 0));
      assertThat(easier.inFull()).isTrue();
      assertThat(easier.dataset()).isEqualTo(worse.name());
      assertThat(easier.effect()).isEqualTo(effect(worse, 2, 0));
    }
  }

  @Test
  void whereNothingPassesTheWholeCandidateIsShown() throws Exception {
    PruningEvaluation evaluation = measured(1e9, 2, 0, 1);
    assertThat(evaluation.passed()).isFalse();
    assertThat(evaluation.effect()).isEqualTo(effect(0, 1, 2));
    assertThat(evaluation.attempts())
        .extracting(Attempt::layers)
        .containsExactly(List.of(0, 1, 2), List.of(0, 2), List.of(2));
  }

  @Test
  void anInterruptEndsItWithoutAResult() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> measured(0.5, 2, 0, 1))
        .isInstanceOfAny(InterruptedException.class, InferenceStoppedException.class);
    boolean unused = Thread.interrupted();
  }

  @Test
  void whatFailsIsTriedAgainUntilItIsTaken() {
    List<PruningEvaluation> taken = new CopyOnWriteArrayList<>();
    AtomicInteger tries = new AtomicInteger();
    PrometheusRegistry metrics = new PrometheusRegistry();
    var measurement =
        new CandidateMeasurement(model, List.of(data), 0.01, new TimeShare(1), "host", () -> NOW);
    try (PruningVerifier verifier =
        new PruningVerifier(
            measurement,
            evaluation -> {
              switch (tries.incrementAndGet()) {
                case 1 -> throw new IllegalStateException("the first time");
                case 2 -> throw new StackOverflowError("the second time");
                default -> taken.add(evaluation);
              }
            },
            new VerifierMetrics(metrics),
            Duration.ofMillis(50))) {
      verifier.want(Optional.of(proposal(2, 0, 1)));
      await().until(verifier::isIdle);
    }
    assertThat(taken).hasSize(1);
    assertThat(
            Metrics.value(
                metrics, "layerwatch_verifier_candidates_total", "outcome", VerifierMetrics.ERROR))
        .isEqualTo(2);
  }

  private static PruningEvaluation measured(double gate, Integer... ranking)
      throws InterruptedException {
    return new CandidateMeasurement(model, List.of(data), gate, new TimeShare(1), "host", () -> NOW)
        .of(proposal(ranking));
  }

  private static double atLeast(Integer... layers) {
    return effect(layers).retained().atLeast();
  }

  private static PruningEffect effect(Integer... layers) {
    return effect(data, layers);
  }

  private static PruningEffect effect(EvaluationSet text, Integer... layers) {
    var evaluation = new LanguageModelingEvaluation(model, List.of(new TreeSet<>(List.of(layers))));
    text.sequences().forEach(evaluation::add);
    return evaluation.effects().get(0);
  }

  private static PruningProposal proposal(Integer... ranking) {
    List<LayerEvidence> evidence = new ArrayList<>();
    for (int layer : ranking) {
      evidence.add(new LayerEvidence(layer, evidence.size(), 0, OptionalDouble.empty(), true));
    }
    return new PruningProposal(
        List.of(ranking).stream().sorted().toList(),
        List.of(),
        evidence,
        List.of(),
        0,
        List.of(),
        3,
        new TimeWindow(Instant.EPOCH, NOW),
        1_000,
        1,
        0.5,
        0.5);
  }
}
