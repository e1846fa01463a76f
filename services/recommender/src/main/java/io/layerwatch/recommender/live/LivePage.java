package io.layerwatch.recommender.live;

import io.layerwatch.runtime.process.AdminServer;
import io.layerwatch.runtime.topics.Topics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.util.Map;

/**
 * A page for people, at {@code /} of the admin port: layers over time, where advice stands, drift,
 * and what became of the tokens. A browser asks {@link LiveEndpoint} for what is new every second.
 */
public final class LivePage implements AutoCloseable {

  /**
   * How far back scores are read at the start, in offsets of each partition: all that is kept of
   * some models, and never a week of many.
   */
  private static final long MOST_SCORES = 4_000;

  private final LiveEndpoint endpoint;
  private final Runnable ending;

  /**
   * A page of a state that somebody else keeps up to date.
   *
   * @param metrics of this process, for the ledger and for what drift is known of
   * @param site that is shown first
   */
  public LivePage(LiveState state, PrometheusRegistry metrics, String site) {
    this(state, metrics, site, () -> {});
  }

  private LivePage(LiveState state, PrometheusRegistry metrics, String site, Runnable ending) {
    this.endpoint =
        new LiveEndpoint(
            state, new ProcessFigures(metrics, System::nanoTime), site, Clock.systemUTC());
    this.ending = ending;
  }

  /** Starts reading the topics. */
  public static LivePage start(
      Topics topics, Map<String, Object> kafka, PrometheusRegistry metrics, String site) {
    LiveState state = new LiveState();
    ScoreFeed feed = new ScoreFeed(topics, kafka, state, MOST_SCORES);
    return new LivePage(state, metrics, site, feed::close);
  }

  /** Serves the page and what it asks for. */
  public void serveOn(AdminServer admin) {
    PageAssets.serveOn(admin);
    admin.serve(LiveEndpoint.PATH, endpoint);
  }

  @Override
  public void close() {
    ending.run();
  }
}
