package io.layerwatch.runtime.codec;

import io.layerwatch.schema.LayerDrift;
import org.apache.avro.Schema;

/** Schemas of topics that nobody writes yet, registered so that consumers can be built. */
public final class Schemas {

  private Schemas() {}

  public static Schema layerDrift() {
    return LayerDrift.getClassSchema();
  }
}
