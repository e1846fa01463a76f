package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.score.Sources;
import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.runtime.topics.InvalidRecordException.Kind;
import io.layerwatch.scorer.state.OrderedState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;

/** One model's window while it is open: beside the state, made from it. */
final class OpenWindow {

  private final OrderedState<Bytes, WindowReport> state;
  private final String model;
  private final TimeWindow window;
  private final Map<SummarySource, Kept> reports = new HashMap<>();
  private final Set<String> instances = new HashSet<>();
  private long nameBytes;
  // The layers of a flush come together.
  private Optional<Kept> last = Optional.empty();
  private Optional<ModelShape> shape = Optional.empty();

  private record Kept(Bytes key, WindowReport report) {
    boolean isOf(ActivationSummary summary) {
      return report.source().instance().equals(summary.instance())
          && report.source().site().equals(summary.site());
    }
  }

  OpenWindow(OrderedState<Bytes, WindowReport> state, String model, TimeWindow window) {
    this.state = state;
    this.model = model;
    this.window = window;
    state.forEach(
        ReportKey.from(model, window.start().toEpochMilli()),
        ReportKey.from(model, window.end().toEpochMilli()),
        (key, report) -> keep(new Kept(key, report)));
  }

  boolean is(String otherModel, TimeWindow otherWindow) {
    return model.equals(otherModel) && window.equals(otherWindow);
  }

  /**
   * Adds a summary, unless it was there before.
   *
   * @throws InvalidRecordException when it does not go with what the window holds
   */
  Addition add(ActivationSummary summary) {
    requireSameShape(summary);
    if (last.isEmpty() || !last.get().isOf(summary)) {
      last = Optional.ofNullable(reports.get(SummarySource.of(summary)));
    }
    boolean known = last.isPresent();
    Kept kept = known ? last.get() : begin(summary);
    Addition addition = kept.report().add(summary);
    if (!known) {
      keep(kept);
    }
    if (addition != Addition.DUPLICATE) {
      state.put(kept.key(), kept.report());
    }
    return addition;
  }

  private Kept begin(ActivationSummary summary) {
    requireRoom(summary.instance());
    SummarySource source = SummarySource.of(summary);
    return new Kept(
        ReportKey.of(model, window.start().toEpochMilli(), source),
        new WindowReport(summary.model(), summary.shape(), source, window));
  }

  private void keep(Kept kept) {
    SummarySource source = kept.report().source();
    reports.put(source, kept);
    last = Optional.of(kept);
    shape = Optional.of(kept.report().shape());
    if (instances.add(source.instance())) {
      nameBytes += Sources.nameBytes(source.instance());
    }
  }

  /** Two models under one name and revision must not mix. */
  private void requireSameShape(ActivationSummary summary) {
    if (shape.isPresent() && !summary.shape().equals(shape.get())) {
      throw new InvalidRecordException(
          Kind.IMPOSSIBLE,
          "shape: expected "
              + shape.get()
              + ", as others said of this model and revision in this window, got "
              + summary.shape());
    }
  }

  /** All instances are named in the window's scores, which must fit into one record. */
  private void requireRoom(String instance) {
    if (!instances.contains(instance)
        && nameBytes + Sources.nameBytes(instance) > Sources.MOST_NAME_BYTES) {
      throw new InvalidRecordException(
          Kind.OVERSIZE,
          "instance: expected at most "
              + Sources.MOST_NAME_BYTES
              + " bytes of names in a window, got one more than the "
              + instances.size()
              + " instances that were heard");
    }
  }
}
