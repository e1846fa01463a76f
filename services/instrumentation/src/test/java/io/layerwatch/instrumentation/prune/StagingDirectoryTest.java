package io.layerwatch.instrumentation.prune;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagingDirectoryTest {

  @TempDir private Path directory;

  @Test
  void nothingIsSeenUntilItIsPublishedAndThenAll() throws IOException {
    Path wanted = directory.resolve("wanted");
    try (StagingDirectory staging = StagingDirectory.beside(wanted)) {
      Files.createDirectory(staging.path().resolve("inner"));
      Files.writeString(staging.path().resolve("inner/file"), "content");
      assertThat(wanted).doesNotExist();
      staging.publish();
    }
    assertThat(wanted.resolve("inner/file")).hasContent("content");
    assertThat(content()).containsExactly(wanted);
  }

  @Test
  void whatIsNotPublishedGoesAway() throws IOException {
    try (StagingDirectory staging = StagingDirectory.beside(directory.resolve("wanted"))) {
      Files.createDirectory(staging.path().resolve("inner"));
      Files.writeString(staging.path().resolve("inner/file"), "content");
    }
    assertThat(content()).isEmpty();
  }

  @Test
  void whatHasComeMeanwhileIsNotReplaced() throws IOException {
    Path wanted = Files.createDirectory(directory.resolve("wanted"));
    try (StagingDirectory staging = StagingDirectory.beside(wanted)) {
      Files.writeString(wanted.resolve("mine"), "precious");
      assertThatThrownBy(staging::publish).isInstanceOf(DirectoryNotEmptyException.class);
    }
    assertThat(wanted.resolve("mine")).hasContent("precious");
    Path file = Files.writeString(directory.resolve("file"), "precious");
    try (StagingDirectory staging = StagingDirectory.beside(file)) {
      assertThatThrownBy(staging::publish).isInstanceOf(IOException.class);
    }
    assertThat(file).hasContent("precious");
    assertThat(content()).containsExactlyInAnyOrder(wanted, file);
  }

  @Test
  void anInterruptedThreadPublishesNothing() throws IOException {
    Path wanted = directory.resolve("wanted");
    try (StagingDirectory staging = StagingDirectory.beside(wanted)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(staging::publish).hasMessage("interrupted");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(content()).isEmpty();
  }

  /** A process that would write for ever is asked to end, as by Ctrl-C. */
  @Test
  void aProcessThatIsAskedToEndLeavesNothing() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                directory.resolve("wanted").toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      assertThat(out.readLine()).isEqualTo("writing");
      assertThat(content()).isNotEmpty();
      process.destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(128 + 15);
      assertThat(content()).isEmpty();
    } finally {
      process.destroyForcibly();
    }
  }

  private List<Path> content() throws IOException {
    try (Stream<Path> list = Files.list(directory)) {
      return list.toList();
    }
  }

  /** Writes file after file, each from its beginning again, until it is interrupted. */
  static final class Writer {

    private Writer() {}

    public static void main(String[] arguments) throws IOException {
      try (StagingDirectory staging = StagingDirectory.beside(Path.of(arguments[0]))) {
        for (int i = 0; ; i++) {
          try (FileChannel channel =
              FileChannel.open(
                  staging.path().resolve("file-" + i % 100),
                  StandardOpenOption.WRITE,
                  StandardOpenOption.CREATE)) {
            channel.write(ByteBuffer.allocate(1000));
          }
          if (i == 200) {
            System.out.println("writing");
          }
        }
      }
    }
  }
}
