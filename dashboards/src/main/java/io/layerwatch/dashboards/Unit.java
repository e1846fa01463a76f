package io.layerwatch.dashboards;

/** What a panel's numbers are, by Grafana's ids. */
enum Unit {
  /** A plain number, shortened with K and M. */
  NUMBER("short"),
  /** Text or states, where a number is only their code. */
  NONE("none"),
  /** A share, 1 being all. */
  RATIO("percentunit"),
  SECONDS("s"),
  BYTES("bytes"),
  /** Tokens, records and other things counted, per second. */
  PER_SECOND("cps"),
  /** Windows, records and other things that come one by one, per minute. */
  PER_MINUTE("cpm"),
  REQUESTS_PER_SECOND("reqps");

  private final String id;

  Unit(String id) {
    this.id = id;
  }

  String id() {
    return id;
  }
}
