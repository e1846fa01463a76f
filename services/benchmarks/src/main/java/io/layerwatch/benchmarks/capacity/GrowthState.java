package io.layerwatch.benchmarks.capacity;

import io.layerwatch.scorer.ScorerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * What the state of one scorer weighs while fleet after fleet joins, and how long it takes to come
 * back each time that the scorer was killed.
 *
 * <p>The scorer is a process of its own. It is killed at rest, with its last transaction committed,
 * and is a static member of its group: a restart is then the start of a JVM, the state, and the
 * first summary.
 *
 * @param name of the application
 * @param steps who joins, in turn
 * @param windows of each step, of which all but one close
 * @param restarts after each step
 * @param heap of the process, as after {@code -Xmx}
 */
record GrowthState(String name, List<Fleet> steps, int windows, int restarts, String heap) {

  /**
   * What was measured after a step.
   *
   * @param sources (model, site, layer, instance) so far, each with an open entry and a track
   * @param joined of these, in this step
   * @param empty before the first step
   * @param heapBefore bytes of live objects before the step
   * @param heapOpen with an open entry for each that joined
   * @param heap with a track, too
   * @param resident bytes of all memory
   * @param liveBytes of the changelogs' latest records
   * @param changelogBytes on the broker's disk, which a restart reads
   * @param restarts each time
   */
  record Step(
      long sources,
      long joined,
      Empty empty,
      long heapBefore,
      long heapOpen,
      long heap,
      long resident,
      long liveBytes,
      long changelogBytes,
      List<Restart> restarts) {}

  /**
   * A restart after a kill.
   *
   * @param seconds from the start of the process to its first summary
   * @param restoring of these, in which changelogs were read
   */
  record Restart(double seconds, double restoring) {}

  /** What there is without any of the fleets. */
  record Empty(long heap, long resident, long liveBytes) {}

  List<Step> run(Laboratory home) {
    try (Laboratory laboratory = new Laboratory(home, name + ".");
        Changelogs changelogs = new Changelogs(laboratory, name);
        Life life = new Life(laboratory, changelogs)) {
      life.restart();
      // What comes with the first windows is no fleet's.
      feed(new Fleet("warm-up", 1, 1, 100, 1), life);
      Empty empty = new Empty(life.process.heap(), life.process.resident(), changelogs.liveBytes());
      long sources = 0;
      List<Step> done = new ArrayList<>();
      for (Fleet fleet : steps) {
        long before = life.process.heap();
        long open = feed(fleet, life);
        sources += fleet.sources();
        long closed = life.process.heap();
        long resident = life.process.resident();
        long bytes = changelogs.bytes();
        List<Restart> again = new ArrayList<>();
        for (int restart = 0; restart < restarts; restart++) {
          again.add(life.restart());
        }
        done.add(
            new Step(
                sources,
                fleet.sources(),
                empty,
                before,
                open,
                closed,
                resident,
                changelogs.liveBytes(),
                bytes,
                again));
      }
      return done;
    }
  }

  /** Lets a fleet join; returns the live objects once its first window was open. */
  private long feed(Fleet fleet, Life life) {
    Feed feed = new Feed(life.laboratory, fleet, life::awaitAccepted);
    feed.openWindow();
    long open = life.process.heap();
    for (int window = 1; window < windows; window++) {
      feed.openWindow();
    }
    feed.closeWindowBefore();
    life.awaitRest();
    return open;
  }

  /** The process, which dies and comes back. */
  private final class Life implements AutoCloseable {
    private final Laboratory laboratory;
    private final Changelogs changelogs;
    private final TopicPartition input;
    private final Path directory;
    private final Map<String, String> settings;
    private final Feed first;
    private GrowthProcess process;
    private long publishedBefore;

    Life(Laboratory laboratory, Changelogs changelogs) {
      this.laboratory = laboratory;
      this.changelogs = changelogs;
      input = new TopicPartition(laboratory.topics().activationSummaries().name(), 0);
      first = new Feed(laboratory, new Fleet("first", 1, 1, 1, 1), () -> {});
      directory = existing(laboratory.directory(name));
      settings = new HashMap<>(laboratory.settings());
      settings.putAll(GrowthRates.EARLY_BASELINE);
      settings.put(ScorerSettings.APPLICATION_ID, name);
      settings.put(ScorerSettings.WINDOW_SIZE, Feed.WINDOW.toSeconds() + "s");
      settings.put(ScorerSettings.WINDOW_GRACE, Feed.GRACE.toSeconds() + "s");
      settings.put(ScorerSettings.MODEL_TIMEOUT, "12h");
      settings.put("kafka.group.instance.id", name);
      settings.put("kafka.state.dir", directory.toString());
    }

    private static Path existing(Path directory) {
      try {
        return Files.createDirectories(directory);
      } catch (IOException e) {
        throw new UncheckedIOException(directory + " cannot be made", e);
      }
    }

    void awaitAccepted() {
      process.awaitAccepted(laboratory.published() - publishedBefore);
    }

    /** Waits until all that it took in is committed. */
    void awaitRest() {
      changelogs.awaitCommitted(input);
    }

    /** Kills it, publishes a summary, starts it anew, and waits until it has that. */
    Restart restart() {
      close();
      publishedBefore = laboratory.published();
      first.openWindow();
      long begun = System.nanoTime();
      process = GrowthProcess.start(settings, heap, directory.resolve("output"));
      awaitAccepted();
      double seconds = (System.nanoTime() - begun) / 1e9;
      double restoring = process.restoringSeconds();
      awaitRest();
      return new Restart(seconds, restoring);
    }

    @Override
    public void close() {
      if (process != null) {
        process.close();
      }
    }
  }
}
