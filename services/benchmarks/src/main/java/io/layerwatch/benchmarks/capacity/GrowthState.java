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
 * @param heap of the process, as after {@code -Xmx}
 */
record GrowthState(String name, List<Fleet> steps, String heap) {

  /**
   * What was measured after a step.
   *
   * @param sources (model, site, layer, instance) so far, each with an open entry and a track
   * @param joined of these, in this step
   * @param heapBefore bytes of live objects before the step
   * @param heapOpen with an open entry for each that joined
   * @param heap with a track, too
   * @param resident bytes of all memory
   * @param liveBytes of the changelogs' latest records
   * @param changelogBytes on the broker's disk, which a restart reads
   * @param restartSeconds from the start of the process to its first summary
   */
  record Step(
      long sources,
      long joined,
      long heapBefore,
      long heapOpen,
      long heap,
      long resident,
      long liveBytes,
      long changelogBytes,
      double restartSeconds) {}

  List<Step> run(Laboratory home) {
    List<Step> done = new ArrayList<>();
    try (Laboratory laboratory = new Laboratory(home, name + ".");
        Changelogs changelogs = new Changelogs(laboratory, name);
        Life life = new Life(laboratory)) {
      var input = new TopicPartition(laboratory.topics().activationSummaries().name(), 0);
      Feed first = new Feed(laboratory, new Fleet("first", 1, 1, 1, 1), () -> {});
      life.restart(first);
      long sources = 0;
      for (Fleet fleet : steps) {
        Feed feed = new Feed(laboratory, fleet, life::awaitAccepted);
        long before = life.process.heap();
        feed.openWindow();
        long open = life.process.heap();
        feed.openWindow();
        feed.closeWindowBefore();
        changelogs.awaitCommitted(input);
        sources += fleet.sources();
        long heapNow = life.process.heap();
        long resident = life.process.resident();
        long bytes = changelogs.bytes();
        double seconds = life.restart(first);
        done.add(
            new Step(
                sources,
                fleet.sources(),
                before,
                open,
                heapNow,
                resident,
                changelogs.liveBytes(),
                bytes,
                seconds));
      }
      return done;
    }
  }

  /** The process, which dies and comes back. */
  private final class Life implements AutoCloseable {
    private final Laboratory laboratory;
    private final Path directory;
    private final Map<String, String> settings;
    private GrowthProcess process;
    private long publishedBefore;

    Life(Laboratory laboratory) {
      this.laboratory = laboratory;
      directory = existing(laboratory.directory(name));
      settings = new HashMap<>(laboratory.settings());
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

    /** Kills it, publishes a summary, starts it anew; returns the seconds until it has that. */
    double restart(Feed feed) {
      close();
      publishedBefore = laboratory.published();
      feed.openWindow();
      long begun = System.nanoTime();
      process = GrowthProcess.start(settings, heap, directory.resolve("output"));
      awaitAccepted();
      return (System.nanoTime() - begun) / 1e9;
    }

    @Override
    public void close() {
      if (process != null) {
        process.close();
      }
    }
  }
}
