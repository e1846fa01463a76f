package io.layerwatch.analysis;

/**
 * A model and its revision, written {@code name@revision}: the key of every record on every topic.
 *
 * <p>A new revision starts from nothing; no statistics, baseline or recommendation crosses
 * revisions. The revision is what follows the last {@code @}, so a name may contain one.
 *
 * @param name what the operator calls the model
 * @param revision which weights: by default a digest of the checkpoint
 */
public record ModelId(String name, String revision) {

  public ModelId {
    Words.require("name", name);
    Words.require("revision", revision);
    if (revision.indexOf('@') >= 0) {
      throw new IllegalArgumentException(
          "revision: expected a text without '@', got \"" + revision + "\"");
    }
  }

  /** Reads {@code name@revision}. */
  public static ModelId parse(String key) {
    int at = key.lastIndexOf('@');
    if (at < 0) {
      throw new IllegalArgumentException("model: expected name@revision, got \"" + key + "\"");
    }
    return new ModelId(key.substring(0, at), key.substring(at + 1));
  }

  /** The record key: {@code name@revision}. */
  public String key() {
    return name + "@" + revision;
  }

  @Override
  public String toString() {
    return key();
  }
}
