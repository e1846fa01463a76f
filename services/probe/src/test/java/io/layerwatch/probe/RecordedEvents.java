package io.layerwatch.probe;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Adds up what a probe says. */
final class RecordedEvents implements ProbeEvents {

  final Map<Phase, Integer> observed = new EnumMap<>(Phase.class);
  final Map<SkipReason, Integer> skipped = new EnumMap<>(SkipReason.class);
  final List<Integer> failed = new ArrayList<>();
  long inferenceNanos;
  long probeNanos;

  @Override
  public void observed(Phase phase, int tokens) {
    observed.merge(phase, tokens, Integer::sum);
  }

  @Override
  public void skipped(SkipReason reason, int tokens) {
    skipped.merge(reason, tokens, Integer::sum);
  }

  @Override
  public void passed(Phase phase, long inference, long probe) {
    inferenceNanos += inference;
    probeNanos += probe;
  }

  @Override
  public void failed(int tokens, Throwable error) {
    failed.add(tokens);
  }
}
