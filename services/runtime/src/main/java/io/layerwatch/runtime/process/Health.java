package io.layerwatch.runtime.process;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Checks that must pass before a process is ready. Safe for use by several threads. */
public final class Health {

  private final Map<String, Supplier<Optional<String>>> checks = new ConcurrentHashMap<>();

  /** Adds a check, which says what is wrong, or nothing. */
  public void addCheck(String name, Supplier<Optional<String>> check) {
    checks.put(name, check);
  }

  /** What is wrong, by check; nothing when ready. */
  public Map<String, String> problems() {
    Map<String, String> problems = new TreeMap<>();
    checks.forEach((name, check) -> check.get().ifPresent(problem -> problems.put(name, problem)));
    return problems;
  }
}
