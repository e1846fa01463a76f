package io.layerwatch.instrumentation.prune;

import io.layerwatch.runtime.process.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A hidden directory beside the one that is wanted, which it becomes at once when it is complete.
 * Until then it goes away when it is closed, and when the process is asked to end: the thread that
 * made it is interrupted, and has a moment to close it.
 */
final class StagingDirectory implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StagingDirectory.class);
  private static final long CLOSES_WITHIN_SECONDS = 3;

  private final Path wanted;
  private final Path directory;
  private final Thread owner = Thread.currentThread();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::abandon, "layerwatch-stop");

  private StagingDirectory(Path wanted, Path directory) {
    this.wanted = wanted;
    this.directory = directory;
  }

  /**
   * Makes one.
   *
   * @param wanted absent or an empty directory, in a directory that exists
   */
  static StagingDirectory beside(Path wanted) throws IOException {
    Path path =
        wanted.resolveSibling("." + wanted.getFileName() + ".layerwatch-" + UUID.randomUUID());
    StagingDirectory staging = new StagingDirectory(wanted, path);
    // First, so that there is no moment in which a directory is there and nobody removes it.
    Runtime.getRuntime().addShutdownHook(staging.hook);
    try {
      Files.createDirectory(path);
      return staging;
    } catch (IOException | RuntimeException e) {
      staging.close();
      throw e;
    }
  }

  Path path() {
    return directory;
  }

  /** Puts it in the place of the one that is wanted. */
  void publish() throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new IOException("interrupted");
    }
    if (Files.isDirectory(wanted)) {
      Files.delete(wanted);
    }
    Files.move(directory, wanted, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void close() {
    try {
      delete();
    } finally {
      closed.countDown();
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        LOG.debug("the process is ending, and its hooks run");
      }
    }
  }

  private void abandon() {
    owner.interrupt();
    try {
      if (!closed.await(CLOSES_WITHIN_SECONDS, TimeUnit.SECONDS)) {
        delete();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void delete() {
    if (!Files.exists(directory)) {
      return;
    }
    try {
      Directories.delete(directory);
    } catch (IOException e) {
      LOG.warn("{} could not be removed", directory, e);
    }
  }
}
