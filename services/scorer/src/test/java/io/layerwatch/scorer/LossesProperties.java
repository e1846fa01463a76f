package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.scorer.FaultyScenario.Sent;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Whatever is lost or comes too late, a window that calls itself complete holds all that was seen
 * in it by every instance that had not been told to be silent, and the ledger balances.
 */
class LossesProperties {

  @Provide
  Arbitrary<FaultyScenario> scenarios() {
    return FaultyScenarios.any();
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void whatIsCompleteHoldsAllThatWasSeen(@ForAll("scenarios") FaultyScenario scenario) {
    try (ScorerHarness scorer = new ScorerHarness(Instant.EPOCH)) {
      Run run = new Run(scorer, scenario);
      for (List<Sent> turn : scenario.turns()) {
        run.pass(10);
        turn.forEach(run::send);
      }
      run.pass(110);
      assertThat(scorer.reasons()).isEmpty();
      if (!run.arrived.isEmpty()) {
        assertThat(scorer.ledger("waiting")).isZero();
        assertThat(scorer.ledger("scored")).isEqualTo(run.published);
      }
    }
  }

  /** One run and what an onlooker knows of it. */
  private static final class Run {

    private final ScorerHarness scorer;
    private final FaultyScenario scenario;
    private final List<Flush> observed;
    private final Set<Flush> arrived = new HashSet<>();
    private final Map<String, Long> toldUpTo = new TreeMap<>();
    private final Map<String, Long> claimed = new HashMap<>();
    private final Set<String> saidToBeSilent = new HashSet<>();
    private final Set<String> heardInTime = new HashSet<>();
    private final Set<Long> windows = new HashSet<>();
    private final Set<String> names = new HashSet<>();
    private double published;

    Run(ScorerHarness scorer, FaultyScenario scenario) {
      this.scorer = scorer;
      this.scenario = scenario;
      this.observed = scenario.observed();
    }

    void send(Sent sent) {
      arrived.add(sent.flush());
      for (ActivationSummary summary : sent.summaries()) {
        toldUpTo.merge(summary.instance(), summary.interval().end().getEpochSecond(), Math::max);
        claimed.merge(
            SummarySource.of(summary).key("") + "/" + summary.layer(),
            summary.earlierTokens() + summary.statistics().tokens(),
            Math::max);
        scorer.sendAsIs(summary);
        scorer.published().forEach(this::check);
      }
    }

    void pass(long seconds) {
      scorer.pass(seconds);
      scorer.published().forEach(this::check);
      if (!arrived.isEmpty() && seconds > 0) {
        checkLedger();
      }
    }

    private void checkLedger() {
      double all = Flush.LAYERS * arrived.stream().mapToInt(flush -> flush.tokens().size()).sum();
      double accounted = scorer.ledger("scored") + scorer.ledger("late");
      assertThat(accounted + scorer.ledger("waiting")).as("what arrived").isEqualTo(all);
      assertThat(scorer.ledger("missing")).as("missing").isNotNegative();
      assertThat(scorer.ledger("claimed"))
          .as("claimed")
          .isEqualTo(accounted + scorer.ledger("missing"));
      if (scorer.ledger("waiting") == 0) {
        assertThat(scorer.ledger("claimed"))
            .as("claimed")
            .isEqualTo(claimed.values().stream().mapToDouble(Long::doubleValue).sum());
      }
    }

    private void check(ModelScores scores) {
      String name = OfflineEqualityProperties.nameOf(scores);
      assertThat(names.add(name)).as(name + " is published once").isTrue();
      published += scores.layers().stream().mapToDouble(it -> it.statistics().tokens()).sum();
      windows.add(scores.window().start().getEpochSecond() / 60);
      List<String> silent = scores.sources().silentInstances();
      assertThat(silent).as("silent in " + name).isEqualTo(silentIn(scores));
      if (!scenario.losesFlushes()) {
        assertThat(scores.sources().missingSummaries()).as("missing in " + name).isZero();
      }
      if (scores.complete()) {
        OfflineEqualityProperties.assertLayers(scores, expected(scores));
      }
      heardInTime.addAll(scores.instances());
      saidToBeSilent.removeAll(scores.instances());
      saidToBeSilent.addAll(silent);
    }

    private List<String> silentIn(ModelScores scores) {
      long end = scores.window().end().getEpochSecond();
      // Windows in which nobody is heard are not published.
      long since =
          windows.stream()
              .mapToLong(window -> 60 * (window + 1))
              .filter(before -> before < end)
              .max()
              .orElse(scores.window().start().getEpochSecond());
      return toldUpTo.entrySet().stream()
          .filter(told -> told.getValue() >= since && told.getValue() < end)
          .map(Map.Entry::getKey)
          .toList();
    }

    private List<Flush> expected(ModelScores scores) {
      return observed.stream()
          .filter(flush -> flush.site().equals(scores.site()))
          .filter(flush -> flush.window() == scores.window().start().getEpochSecond() / 60)
          .filter(flush -> !isExcused(flush, scores) && !isBeyondKnowing(flush, scores))
          .toList();
    }

    /**
     * What is lost is known by what comes after it at its site. Of an instance that is heard
     * further at another site only, a loss at the end is not known when the window closes.
     */
    private boolean isBeyondKnowing(Flush flush, ModelScores scores) {
      return !arrived.contains(flush)
          && toldUpTo.getOrDefault(flush.host(), 0L) >= scores.window().end().getEpochSecond()
          && arrived.stream()
              .filter(later -> later.host().equals(flush.host()))
              .filter(later -> later.site().equals(flush.site()))
              .noneMatch(later -> later.slot() > flush.slot());
    }

    /** An instance is called silent once, and not before it was heard in time. */
    private boolean isExcused(Flush flush, ModelScores scores) {
      String host = flush.host();
      return !scores.instances().contains(host)
          && (!heardInTime.contains(host) || saidToBeSilent.contains(host));
    }
  }
}
