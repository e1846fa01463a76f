package io.layerwatch.recommender.live;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Ranking;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the topics have said last, as views show it: of the {@value #MODELS} models that were heard
 * of last, by event time, at each site the last {@value #WINDOWS} windows with tokens. A window
 * takes some 40 bytes a layer. Safe for use by several threads.
 */
public final class LiveState implements ScoreFeed.Listener {

  /** Models that are remembered. */
  public static final int MODELS = 16;

  /** Windows that are remembered of a model at a site. */
  public static final int WINDOWS = 120;

  /** Layers that a model may have; what says otherwise is no drift of one. */
  private static final int LAYERS = 512;

  private final Map<ModelId, LiveModel> models = new HashMap<>();
  private long changes;

  @Override
  public synchronized void on(ModelScores window) {
    if (Site.ofId(window.site()).isPresent()) {
      changes++;
      model(window.model(), window.window().end()).at(window.site()).add(window, changes);
    }
  }

  @Override
  public synchronized void on(PruningRecommendation current) {
    model(current.model(), current.updatedAt()).recommendation = Optional.of(current);
  }

  @Override
  public synchronized void on(LayerDrift drift) {
    boolean known =
        Ranking.ofId(drift.score()).isPresent() || drift.score().equals(LayerDrift.NON_FINITE);
    if (known && Site.ofId(drift.site()).isPresent() && drift.layer() < LAYERS) {
      model(drift.model(), drift.windowEnd()).at(drift.site()).add(drift);
    }
  }

  /** The model, of which something of that time was heard; the one unheard longest gives way. */
  private LiveModel model(ModelId id, Instant time) {
    LiveModel model = models.computeIfAbsent(id, LiveModel::new);
    model.heard(time);
    if (models.size() > MODELS) {
      models.values().stream()
          .min(Comparator.comparing(LiveModel::lastHeard))
          .ifPresent(oldest -> models.remove(oldest.id));
    }
    return model;
  }

  /** One moment of the model that was heard of last at a site. */
  public synchronized Snapshot snapshot(String site) {
    return withWindows().stream()
        .filter(model -> model.at(site).last().isPresent())
        .max(Comparator.comparing(LiveModel::lastHeard))
        .map(model -> Snapshot.of(model, site))
        .orElseGet(
            () ->
                models.values().stream()
                    .max(Comparator.comparing(LiveModel::lastHeard))
                    .map(model -> Snapshot.of(model, site))
                    .orElse(Snapshot.EMPTY));
  }

  /** Lets a reader see models that have windows, ordered by key, while nothing changes. */
  synchronized <T> T read(Function<List<LiveModel>, T> reader) {
    return reader.apply(
        withWindows().stream().sorted(Comparator.comparing(model -> model.id.key())).toList());
  }

  private Collection<LiveModel> withWindows() {
    return models.values().stream().filter(LiveModel::hasWindows).toList();
  }
}
