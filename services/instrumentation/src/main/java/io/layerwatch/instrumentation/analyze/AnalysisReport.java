package io.layerwatch.instrumentation.analyze;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.LayerScores;
import io.layerwatch.analysis.score.LayerTable;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** An analysis in words: a table for people, JSON for programs. */
final class AnalysisReport {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final OfflineAnalysis analysis;
  private final double threshold;

  AnalysisReport(OfflineAnalysis analysis, double threshold) {
    this.analysis = analysis;
    this.threshold = threshold;
  }

  String table() {
    StringBuilder text = new StringBuilder();
    var model = analysis.model();
    text.append(
        String.format(
            Locale.ROOT,
            "%s: %d layers, %d sequences, %d tokens, %s nats per predicted token%n",
            model.id(),
            model.config().layerCount(),
            analysis.sequences(),
            analysis.tokens(),
            analysis
                .negativeLogLikelihoodPerToken()
                .map(nats -> String.format(Locale.ROOT, "%.4f", nats))
                .orElse("no")));
    for (Site site : analysis.sites()) {
      text.append("%n%s, sparsity below %s%n".formatted(site.id(), threshold))
          .append(LayerTable.of(scores(site), threshold));
    }
    return text.toString();
  }

  String json() {
    var model = analysis.model();
    ObjectNode root = JSON.createObjectNode();
    root.put("model", model.id().name());
    root.put("revision", model.id().revision());
    root.put("layerCount", model.config().layerCount());
    root.put("tokens", analysis.tokens());
    root.put("sequences", analysis.sequences());
    analysis
        .negativeLogLikelihoodPerToken()
        .ifPresentOrElse(
            nats -> root.put("negativeLogLikelihoodPerToken", nats),
            () -> root.putNull("negativeLogLikelihoodPerToken"));
    var layers = root.putArray("layers");
    for (Site site : analysis.sites()) {
      for (LayerScore score : scores(site)) {
        write(layers.addObject().put("site", site.id()), score);
      }
    }
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(ObjectNode node, LayerScore score) {
    LayerStatistics statistics = score.statistics();
    node.put("layer", score.layer());
    node.put("count", statistics.moments().count());
    node.put("mean", statistics.moments().mean());
    node.put("variance", statistics.moments().variance());
    if (statistics.moments().count() > 0) {
      node.put("min", statistics.moments().min()).put("max", statistics.moments().max());
    } else {
      node.putNull("min").putNull("max");
    }
    node.put("nonFinite", statistics.nonFinite());
    ObjectNode nearZero = node.putObject("nearZero");
    NearZeroLadder ladder = statistics.nearZero();
    for (int rung = 0; rung < ladder.size(); rung++) {
      nearZero.put(Thresholds.written(ladder.threshold(rung)), ladder.count(rung));
    }
    put(node, "pooledVariance", statistics.pooledVariance());
    put(node, "blockInfluence", statistics.blockInfluence());
    node.put("sparsityThreshold", threshold);
    put(node, "sparsity", statistics.sparsity(threshold));
    put(node, "avss", score.avss().score());
    put(node, "normalizedAvss", score.normalizedAvss());
    node.put("avssState", score.avss().state().name());
  }

  private static void put(ObjectNode node, String key, OptionalDouble value) {
    if (value.isPresent()) {
      node.put(key, value.getAsDouble());
    } else {
      node.putNull(key);
    }
  }

  private List<LayerScore> scores(Site site) {
    return LayerScores.of(
        analysis.statistics(site), analysis.model().config().layerCount(), threshold);
  }
}
