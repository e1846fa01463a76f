package io.layerwatch.runtime.settings;

import io.layerwatch.analysis.ModelId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Goes on after a problem, so that all of them can be listed at once. */
public final class Problems {

  private Problems() {}

  /** What is loaded; nothing, and its problems are added, where it is invalid. */
  public static <T> Optional<T> gather(Collection<String> problems, Supplier<T> loading) {
    try {
      return Optional.of(loading.get());
    } catch (InvalidSettingsException e) {
      problems.addAll(e.problems());
      return Optional.empty();
    }
  }

  /**
   * The model that the option {@code --model} names; nothing, and a problem, where it is no key.
   */
  public static Optional<ModelId> model(List<String> problems, String key) {
    try {
      return Optional.of(ModelId.parse(key));
    } catch (IllegalArgumentException e) {
      problems.add("--model: expected NAME@REVISION, got \"" + key + "\"");
      return Optional.empty();
    }
  }
}
