package io.layerwatch.scorer;

import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.scorer.state.OrderedState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The clocks of all instances of all models. They are in a state store; when an instance was last
 * heard, by the machine's clock, is not, and counts from a restart.
 *
 * <p>A model's watermark is what all of its live instances have reached. So an instance whose clock
 * is ahead closes no window that others still fill, and after an outage of Kafka the first instance
 * to return waits for the others. An instance is not waited for once it was silent for the instance
 * timeout while others were heard, or when it is behind by more than the largest lag.
 */
final class InstanceClocks {

  private final OrderedState<String, InstanceClock> store;
  private final ScorerSettings settings;
  private final long startedAt;
  private final Map<String, Model> models = new HashMap<>();

  InstanceClocks(
      OrderedState<String, InstanceClock> store, ScorerSettings settings, long startedAt) {
    this.store = store;
    this.settings = settings;
    this.startedAt = startedAt;
  }

  /** A watermark that every clock is behind. */
  private static final long UNKNOWN = Long.MAX_VALUE;

  private static final class Model {
    private final TreeMap<String, Instance> instances = new TreeMap<>();
    private long heardAt;
    private long interval;
    private long watermark = UNKNOWN;
    private int holdingBack;
  }

  private static final class Instance {
    private final InstanceClock clock;
    private long heardAt;

    Instance(InstanceClock clock, long heardAt) {
      this.clock = clock;
      this.heardAt = heardAt;
    }
  }

  /**
   * An instance reported an interval.
   *
   * @param now the machine's clock
   * @return whether the watermark may have moved, so that {@link #watermark} is worth asking for;
   *     what moves it by the machine's clock alone, it does not tell
   */
  boolean heard(String model, String instance, TimeWindow interval, long now) {
    Model known = model(model);
    forgiveSilence(known, now);
    known.heardAt = now;
    known.interval = interval.size().toMillis();
    InstanceClock reported = InstanceClock.of(interval);
    Instance own = known.instances.get(instance);
    if (own != null) {
      own.heardAt = now;
      reported = own.clock.advancedTo(reported);
      if (reported.equals(own.clock)) {
        return false;
      }
    }
    known.instances.put(instance, new Instance(reported, now));
    store.put(key(model, instance), reported);
    return own == null || reached(own) < known.watermark || isLastAtWatermark(known, own);
  }

  /** As long as others hold the watermark back, one that moves on need not look at all of them. */
  private boolean isLastAtWatermark(Model model, Instance moved) {
    return reached(moved) == model.watermark && --model.holdingBack <= 0;
  }

  private long reached(Instance instance) {
    return instance.clock.reached(settings.grace().toMillis());
  }

  /**
   * When nobody was heard for longer than an interval takes, as while Kafka is away, that is no
   * sign against any instance. But instances whose only companion is dead are also heard no more
   * often than their intervals end: that time counts.
   */
  private static void forgiveSilence(Model model, long now) {
    long silence = now - model.heardAt;
    long forgiven = silence > 2 * model.interval ? silence : silence - model.interval;
    if (forgiven > 0) {
      model.instances.values().forEach(instance -> instance.heardAt += forgiven);
    }
  }

  /** The model's watermark, or nothing when no instance is live. */
  OptionalLong watermark(String model, long now) {
    Model known = model(model);
    long latest = Long.MIN_VALUE;
    for (Instance instance : known.instances.values()) {
      if (isLive(instance, now)) {
        latest = Math.max(latest, instance.clock.start());
      }
    }
    long lowest = Long.MAX_VALUE;
    int holding = 0;
    long oldest = latest - settings.largestLag().toMillis();
    for (Instance instance : known.instances.values()) {
      if (isLive(instance, now) && instance.clock.start() >= oldest) {
        long reached = reached(instance);
        holding = reached < lowest ? 1 : reached == lowest ? holding + 1 : holding;
        lowest = Math.min(lowest, reached);
      }
    }
    known.watermark = holding == 0 ? UNKNOWN : lowest;
    known.holdingBack = holding;
    return holding == 0 ? OptionalLong.empty() : OptionalLong.of(lowest);
  }

  private boolean isLive(Instance instance, long now) {
    return now - instance.heardAt < settings.instanceTimeout().toMillis();
  }

  /** How long nothing was heard of the model, in milliseconds. */
  long silence(String model, long now) {
    return now - model(model).heardAt;
  }

  /**
   * Instances that have not told all of a window that closes: those that were heard up to some
   * point in it, or since the last window that was published, and no further, and those that are
   * live and behind.
   *
   * @param start the window's start, or the end of the last one that was published
   * @param end the window's end, in epoch milliseconds as all times
   */
  List<String> silentIn(String model, long start, long end, long now) {
    return model(model).instances.entrySet().stream()
        .filter(
            each -> {
              long told = each.getValue().clock.end();
              return told < end && (told >= start || isLive(each.getValue(), now));
            })
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * Forgets instances that have been silent for the retention, by the machine's clock, or are
   * behind the others of their model by as much in event time; returns which. An old event time
   * alone says nothing: a backlog has it, too.
   */
  List<String> forgetSilent(String model, long now) {
    Model known = model(model);
    long retention = settings.instanceRetention().toMillis();
    long latest =
        known.instances.values().stream().mapToLong(each -> each.clock.start()).max().orElse(0);
    List<String> forgotten = new ArrayList<>();
    known.instances.forEach(
        (name, instance) -> {
          long silence = now - instance.heardAt;
          boolean farBehind =
              instance.clock.start() < latest - retention
                  && silence >= settings.instanceTimeout().toMillis();
          if (farBehind || silence >= retention) {
            forgotten.add(name);
          }
        });
    forgotten.forEach(
        name -> {
          known.instances.remove(name);
          store.delete(key(model, name));
        });
    return forgotten;
  }

  /** Whether any instance of the model was heard within the retention. */
  boolean remembersAny(String model) {
    return !model(model).instances.isEmpty();
  }

  private Model model(String name) {
    return models.computeIfAbsent(name, this::restored);
  }

  private Model restored(String name) {
    Model model = new Model();
    model.heardAt = startedAt;
    String prefix = StoreKeys.first(name);
    store.forEach(
        prefix,
        StoreKeys.end(name),
        (key, clock) ->
            model.instances.put(key.substring(prefix.length()), new Instance(clock, startedAt)));
    return model;
  }

  private static String key(String model, String instance) {
    return StoreKeys.of(model, instance);
  }
}
