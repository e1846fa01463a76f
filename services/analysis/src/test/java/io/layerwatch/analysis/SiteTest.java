package io.layerwatch.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SiteTest {

  @Test
  void sitesAreNamedAsOnTheWire() {
    assertThat(Site.ids()).isEqualTo("block-output, block-contribution, relative-contribution");
    assertThat(Site.ofId("block-output")).contains(Site.BLOCK_OUTPUT);
    assertThat(Site.ofId("BLOCK_OUTPUT")).isEmpty();
  }
}
