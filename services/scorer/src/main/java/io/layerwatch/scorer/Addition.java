package io.layerwatch.scorer;

/** What a summary was to its window. */
enum Addition {
  /** The first of its source and layer. */
  FIRST,
  /** Merged with others of its source and layer. */
  MERGED,
  /** There before: nothing changed. */
  DUPLICATE
}
