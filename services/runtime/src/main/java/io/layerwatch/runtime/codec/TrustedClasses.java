package io.layerwatch.runtime.codec;

import io.layerwatch.schema.ActivationSummary;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.avro.util.ClassSecurityValidator.ClassSecurityPredicate;

/**
 * Lets Avro instantiate our generated classes. Since Avro 1.12.2 it does so only for classes that
 * the process trusts, since a schema can come from anywhere.
 */
public final class TrustedClasses {

  private static final ClassSecurityPredicate OURS =
      type -> type.getPackageName().equals(ActivationSummary.class.getPackageName());

  private static boolean registered;

  private TrustedClasses() {}

  /** Adds ours to what the process trusts; once is enough, more often does no harm. */
  public static synchronized void register() {
    if (!registered) {
      ClassSecurityValidator.setGlobal(
          ClassSecurityValidator.composite(ClassSecurityValidator.getGlobal(), OURS));
      registered = true;
    }
  }
}
