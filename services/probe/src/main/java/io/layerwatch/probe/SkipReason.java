package io.layerwatch.probe;

import java.util.Locale;

/** Why tokens passed through the model unobserved. */
public enum SkipReason {
  /** The probe is switched off. */
  SWITCHED_OFF,
  /** An observation failed, and the probe is off until it is switched on again. */
  FAILED,
  /** This kind of pass is not observed. */
  PHASE,
  /** The first tokens of a sequence are left out. */
  FIRST_TOKENS,
  /** The request was not drawn. */
  REQUEST_SHARE,
  /** The pass was not drawn. */
  PASS_SHARE,
  /** The pass would have taken more than the probe's share of inference time. */
  TIME_BUDGET,
  /** There were more tokens a second than are to be observed. */
  TOKEN_BUDGET;

  /** The name in metrics. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
