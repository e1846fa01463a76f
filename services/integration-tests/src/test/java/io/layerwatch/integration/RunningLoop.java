package io.layerwatch.integration;

import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.topics.Topics;
import java.net.URI;
import java.util.List;

/**
 * The three services with broker and registry, wherever they run: what a scenario needs of them.
 */
public interface RunningLoop {

  /** Base address of the API. */
  URI api();

  /** Where each process shows metrics and health. */
  List<URI> admin();

  /** By which a test reaches broker and registry. */
  Settings settings();

  Topics topics();

  /** The broker goes. */
  void pauseBroker();

  /** It comes back with what it had. */
  void resumeBroker();

  /** What all processes show now. */
  default ScrapedText scrape() {
    return ScrapedText.of(admin());
  }

  /** Waits until every process says that it is ready. */
  default void awaitReady() {
    Pages.awaitReady(admin());
  }

  default String registryUrl() {
    return settings().text(CommonSettings.SCHEMA_REGISTRY_URL);
  }
}
