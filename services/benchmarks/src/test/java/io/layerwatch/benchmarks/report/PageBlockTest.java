package io.layerwatch.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageBlockTest {

  @TempDir private Path directory;

  @Test
  void onlyTheBlockOfThatNameIsReplaced() throws Exception {
    Path page = directory.resolve("page.md");
    Files.writeString(
        page,
        """
        before
        <!-- begin a -->
        old
        <!-- end a -->
        <!-- begin b -->
        other
        <!-- end b -->
        """);

    PageBlock.replace(page, "a", "new\n");

    assertThat(page)
        .hasContent(
            """
            before
            <!-- begin a -->

            new

            <!-- end a -->
            <!-- begin b -->
            other
            <!-- end b -->
            """);
  }

  @Test
  void aPageWithoutTheBlockIsRefused() throws Exception {
    Path page = Files.writeString(directory.resolve("page.md"), "before\n");

    assertThatThrownBy(() -> PageBlock.replace(page, "a", "new"))
        .hasMessageContaining("expected <!-- begin a --> and <!-- end a -->");
  }
}
