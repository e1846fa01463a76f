package io.layerwatch.benchmarks.capacity;

import picocli.CommandLine.Option;

/** How large a fleet is. */
public final class FleetOptions {

  @Option(names = "--models", description = "Models: ${DEFAULT-VALUE}.")
  private int models;

  @Option(names = "--sites", description = "Sites: ${DEFAULT-VALUE}.")
  private int sites = 3;

  @Option(names = "--layers", description = "Layers: ${DEFAULT-VALUE}.")
  private int layers = 80;

  @Option(names = "--replicas", description = "Instances of each model: ${DEFAULT-VALUE}.")
  private int replicas;

  /** With the defaults of a command. */
  public FleetOptions(int models, int replicas) {
    this.models = models;
    this.replicas = replicas;
  }

  public Fleet fleet() {
    return new Fleet("organisation", models, sites, layers, replicas);
  }
}
