package io.layerwatch.benchmarks.launch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A service as somebody starts it.
 *
 * @param command of {@code layerwatch}
 * @param settings all that it needs, but for its admin port
 */
public record Service(String command, Map<String, String> settings) {

  public Service {
    settings = Map.copyOf(settings);
  }

  /** With another setting, too. */
  public Service with(String key, String value) {
    Map<String, String> all = new HashMap<>(settings);
    all.put(key, value);
    return new Service(command, all);
  }

  /** What {@code layerwatch} is given. */
  public List<String> arguments(int adminPort) {
    List<String> arguments = new ArrayList<>(List.of(command));
    with("admin.port", Integer.toString(adminPort))
        .settings
        .forEach(
            (key, value) -> {
              arguments.add("--set");
              arguments.add(key + "=" + value);
            });
    return arguments;
  }
}
