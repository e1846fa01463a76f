package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import java.util.Optional;

/**
 * What one source said in one open window, layer by layer: an entry of the state. The layers of a
 * flush arrive together, so that all of them are written once.
 */
final class WindowReport {

  private final ModelId model;
  private final ModelShape shape;
  private final SummarySource source;
  private final TimeWindow window;
  private final ByLayer<Contribution> contributions = new ByLayer<>();

  WindowReport(ModelId model, ModelShape shape, SummarySource source, TimeWindow window) {
    this.model = model;
    this.shape = shape;
    this.source = source;
    this.window = window;
  }

  ModelId model() {
    return model;
  }

  ModelShape shape() {
    return shape;
  }

  SummarySource source() {
    return source;
  }

  TimeWindow window() {
    return window;
  }

  ByLayer<Contribution> contributions() {
    return contributions;
  }

  /**
   * Adds a summary of this source, unless it was there before.
   *
   * @throws io.layerwatch.runtime.topics.InvalidRecordException when its numbers do not go with
   *     what is here
   */
  Addition add(ActivationSummary summary) {
    Optional<Contribution> before = contributions.get(summary.layer());
    if (before.isEmpty()) {
      contributions.put(summary.layer(), Contribution.of(summary));
      return Addition.FIRST;
    }
    if (before.get().contains(summary.sequenceNumber())) {
      return Addition.DUPLICATE;
    }
    before.get().add(summary);
    return Addition.MERGED;
  }
}
