package io.layerwatch.benchmarks.streaming.flink;

import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Tells Flink of {@link ReportedSerializer}. */
final class ReportedType extends TypeInformation<Reported> {

  private static final long serialVersionUID = 1;

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public Class<Reported> getTypeClass() {
    return Reported.class;
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public TypeSerializer<Reported> createSerializer(SerializerConfig config) {
    return ReportedSerializer.INSTANCE;
  }

  @Override
  public String toString() {
    return "Reported";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ReportedType;
  }

  @Override
  public int hashCode() {
    return ReportedType.class.hashCode();
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof ReportedType;
  }
}
