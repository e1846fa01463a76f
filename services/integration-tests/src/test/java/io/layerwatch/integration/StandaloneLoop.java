package io.layerwatch.integration;

import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.topics.Topics;
import io.layerwatch.standalone.Standalone;
import java.net.URI;
import java.util.List;

/** All of it in this JVM. */
record StandaloneLoop(Standalone standalone) implements RunningLoop {

  @Override
  public URI api() {
    return standalone.api();
  }

  @Override
  public List<URI> admin() {
    return List.of(standalone.adminAddress());
  }

  @Override
  public Settings settings() {
    return standalone.settings();
  }

  @Override
  public Topics topics() {
    return standalone.topics();
  }

  @Override
  public void pauseBroker() {
    standalone.broker().pause();
  }

  @Override
  public void resumeBroker() {
    standalone.broker().resume();
  }
}
