package io.layerwatch.scorer;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Scenarios with faults at random, which shrink to few faults. */
final class FaultyScenarios {

  private FaultyScenarios() {}

  static Arbitrary<FaultyScenario> any() {
    Arbitrary<List<Flush>> unusual =
        Scenarios.flush()
            .filter(flush -> flush.model().equals(FaultyScenario.MODEL))
            .list()
            .ofMaxSize(4);
    return Combinators.combine(
            Arbitraries.integers().between(1, 3),
            unusual,
            fault().list().ofMaxSize(6),
            Arbitraries.integers().between(0, 2),
            Arbitraries.of(FaultyScenario.SLOTS, 1, 2, 4))
        .as(FaultyScenario::new);
  }

  private static Arbitrary<Fault> fault() {
    Arbitrary<String> hosts = Arbitraries.of("host-1", "host-2", "host-3");
    Arbitrary<Integer> slots = Arbitraries.integers().between(0, FaultyScenario.SLOTS - 1);
    Arbitrary<Integer> spans = Arbitraries.integers().between(1, FaultyScenario.SLOTS);
    return Arbitraries.frequencyOf(
        Tuple.of(
            4,
            Combinators.combine(hosts, slots, Arbitraries.of(FaultyScenario.SITES))
                .as(Fault.Lost::new)),
        Tuple.of(4, Combinators.combine(hosts, slots, spans).as(Fault.CutOff::new)),
        Tuple.of(1, Combinators.combine(hosts, slots).as(Fault.Starts::new)),
        Tuple.of(1, Combinators.combine(hosts, slots).as(Fault.Stops::new)));
  }
}
