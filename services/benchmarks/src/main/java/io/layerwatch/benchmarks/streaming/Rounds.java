package io.layerwatch.benchmarks.streaming;

import io.layerwatch.benchmarks.capacity.Laboratory;
import io.layerwatch.benchmarks.streaming.flink.FlinkContender;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Each contender at each number of threads in each round, in an order drawn anew; before that some
 * rounds for nobody. All that score must say the same.
 */
final class Rounds implements AutoCloseable {

  private record Turn(Contenders contender, int threads) {}

  private final Laboratory laboratory;
  private final int windows;
  private final PrintWriter out;
  private final Map<Contenders, ContenderProcess> processes = new EnumMap<>(Contenders.class);
  private Map<Results.Place, Double> scores = Map.of();

  /**
   * Starts the contenders' processes.
   *
   * @param windows that are scored in a pass
   * @param java options of each process
   */
  Rounds(
      Laboratory laboratory,
      Backlog backlog,
      List<Contenders> contenders,
      int windows,
      List<String> java,
      PrintWriter out)
      throws IOException {
    this.laboratory = laboratory;
    this.windows = windows;
    this.out = out;
    for (Contenders contender : contenders) {
      processes.put(contender, ContenderProcess.start(contender, backlog, java));
    }
  }

  /**
   * Every pass of all rounds, by number of threads and contender.
   *
   * @param warmUps rounds before them, which do not count
   */
  ThroughputReport run(List<Integer> threads, int warmUps, int rounds) throws IOException {
    ThroughputReport report = new ThroughputReport();
    List<Turn> turns = new ArrayList<>();
    for (int count : threads) {
      processes.keySet().forEach(contender -> turns.add(new Turn(contender, count)));
    }
    Random order = new Random(1);
    for (int round = 1; round <= warmUps; round++) {
      for (Turn turn : turns) {
        pass(turn, "warm-up " + round);
      }
    }
    for (int round = 1; round <= rounds; round++) {
      Collections.shuffle(turns, order);
      for (Turn turn : turns) {
        report.add(turn.threads(), turn.contender(), pass(turn, "round " + round));
      }
    }
    return report;
  }

  private Worked pass(Turn turn, String round) throws IOException {
    String id =
        (turn.contender().name() + "-" + turn.threads() + "-" + round)
            .replaceAll("\\W+|_", "-")
            .toLowerCase(Locale.ROOT);
    Worked worked;
    try (Results results = new Results(laboratory, topic(turn.contender()), windows)) {
      worked = processes.get(turn.contender()).pass(id, turn.threads(), results);
      if (turn.contender().output() != Contenders.Output.NONE) {
        requireSame(results.scores());
      }
    }
    out.printf(
        Locale.ROOT,
        "%s: %,.0f/s, %.2f µs of CPU, scores after %.2f s%n",
        id,
        worked.pass().perSecond(),
        worked.pass().cpuMicros(),
        worked.secondsToScores());
    out.flush();
    return worked;
  }

  private String topic(Contenders contender) {
    return contender.output() == Contenders.Output.OF_FLINK
        ? FlinkContender.OUTPUT
        : laboratory.topics().layerScores().name();
  }

  private void requireSame(Map<Results.Place, Double> others) {
    if (scores.isEmpty()) {
      scores = others;
    }
    Results.requireSame(scores, others);
  }

  /** How many scores all that score agree on. */
  int agreed() {
    return scores.size();
  }

  @Override
  public void close() {
    processes.values().forEach(ContenderProcess::close);
  }
}
