package io.layerwatch.instrumentation.checkpoint;

/**
 * The heads of grouped-query attention (arXiv 2305.13245).
 *
 * @param queries query heads
 * @param keysAndValues key and value heads; divides the query heads
 * @param size width of one head
 */
public record Heads(int queries, int keysAndValues, int size) {

  /** Width of the queries of one token. */
  public int queryWidth() {
    return queries * size;
  }

  /** Width of the keys, and of the values, of one token. */
  public int keyWidth() {
    return keysAndValues * size;
  }

  /**
   * Reads them as Llama names them.
   *
   * @param otherSize width of a head where config.json gives none; 0 for an equal share of the
   *     hidden units
   */
  static Heads of(ConfigFile config, int hidden, int otherSize) {
    int queries = config.positive("num_attention_heads");
    int groups = config.positive("num_key_value_heads", queries);
    if (queries % groups != 0) {
      throw config.refused("num_key_value_heads", "a divisor of num_attention_heads " + queries);
    }
    if (config.has("head_dim") || otherSize > 0) {
      int size = config.positive("head_dim", otherSize);
      if (size % 2 != 0) {
        throw config.refused("head_dim", "an even number");
      }
      return new Heads(queries, groups, size);
    }
    return new Heads(queries, groups, share(config, "num_attention_heads", queries, hidden, true));
  }

  /** The share of each head in the hidden units. */
  static int share(ConfigFile config, String key, int heads, int hidden, boolean even) {
    if (hidden % heads != 0 || (even && hidden / heads % 2 != 0)) {
      throw config.refused(
          key, "a divisor of the hidden size " + hidden + (even ? " into even parts" : ""));
    }
    return hidden / heads;
  }
}
