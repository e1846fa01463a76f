package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import java.util.HashMap;
import java.util.Map;

/** Numbers summaries as their publisher does: each instance, site and layer from 0. */
final class Numbering {

  private final Map<String, ActivationSummary> last = new HashMap<>();

  /** The summary with the next number of its source, and the tokens that were earlier. */
  ActivationSummary next(ActivationSummary summary) {
    String source = SummarySource.of(summary).key(summary.model().key()) + "/" + summary.layer();
    ActivationSummary before = last.get(source);
    ActivationSummary numbered =
        new ActivationSummary(
            summary.model(),
            summary.shape(),
            summary.site(),
            summary.layer(),
            summary.instance(),
            before == null ? 0 : before.sequenceNumber() + 1,
            before == null ? 0 : before.earlierTokens() + before.statistics().tokens(),
            summary.interval(),
            summary.statistics());
    last.put(source, numbered);
    return numbered;
  }
}
