package io.layerwatch.runtime.process;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Checks that must pass before a process is ready, and the failure after which it never will be.
 * Safe for use by several threads.
 */
public final class Health {

  private final Map<String, Supplier<Optional<String>>> checks = new ConcurrentHashMap<>();

  private final CompletableFuture<String> failure = new CompletableFuture<>();

  /** Something failed for good: nothing but a new start can help. The first failure is kept. */
  public void fail(String reason) {
    failure.complete(reason);
  }

  /** What failed for good, if anything has. */
  public Optional<String> failure() {
    return Optional.ofNullable(failure.getNow(null));
  }

  /** Throws a {@link StartException} that says what failed for good, if anything has. */
  public void requireSound() {
    failure()
        .ifPresent(
            reason -> {
              throw new StartException(reason);
            });
  }

  /** Runs the action once something fails for good, at once if it has. */
  public void onFailure(Runnable action) {
    var unused = failure.thenRun(action);
  }

  /** Adds a check, which says what is wrong, or nothing. */
  public void addCheck(String name, Supplier<Optional<String>> check) {
    checks.put(name, check);
  }

  /** What is wrong, by check; nothing when ready. */
  public Map<String, String> problems() {
    Map<String, String> problems = new TreeMap<>();
    failure().ifPresent(reason -> problems.put("failed", reason));
    checks.forEach((name, check) -> check.get().ifPresent(problem -> problems.put(name, problem)));
    return problems;
  }
}
