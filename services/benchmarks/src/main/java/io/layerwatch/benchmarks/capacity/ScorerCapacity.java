package io.layerwatch.benchmarks.capacity;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What one thread of the scorer carries: the production topology on a real broker and a real
 * registry, fed with a backlog of a fleet's summaries.
 */
@Command(
    name = "scorer-capacity",
    mixinStandardHelpOptions = true,
    description = "Measure rate, memory, pauses, changelog and restore of one scorer thread.")
public final class ScorerCapacity implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private FleetOptions size = new FleetOptions(1, 100);

  @Option(
      names = "--seconds",
      defaultValue = "120",
      description = "Event time of the backlog, a flush a second: ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(names = "--rounds", defaultValue = "3", description = "Rounds: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting of the scorer. May be repeated.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Option(
      names = "--against",
      paramLabel = "KEY=VALUE",
      description =
          "A setting to compare with, in turns in the same run; added to those of --set."
              + " May be repeated: each is a variant.")
  private Map<String, String> against = new LinkedHashMap<>();

  @Option(
      names = "--rate-only",
      description = "Leave out what is measured of the state: heap, closing, restore.")
  private boolean rateOnly;

  @Option(names = "--json", paramLabel = "FILE", description = "Write every figure there, too.")
  private Optional<Path> json = Optional.empty();

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new ScorerCapacity()).execute(arguments));
  }

  @Override
  public Integer call() {
    Fleet fleet = size.fleet();
    PrintWriter out = spec.commandLine().getOut();
    CapacityReport report = new CapacityReport(fleet, seconds, rounds);
    out.println(report.title());
    out.flush();
    RateTrial.Result rate = new RateTrial(fleet, seconds, rounds, variants()).run();
    out.println(report.table(rate));
    out.flush();
    Optional<StateTrial.Result> state = Optional.empty();
    if (!rateOnly) {
      state = Optional.of(new StateTrial(fleet, rounds, settings).run());
      out.println(report.table(state.get()));
      out.flush();
    }
    if (json.isPresent()) {
      report.write(json.get(), rate, state);
    }
    return 0;
  }

  private Map<String, Map<String, String>> variants() {
    Map<String, Map<String, String>> variants = new LinkedHashMap<>();
    variants.put("scorer", settings);
    against.forEach(
        (key, value) -> {
          Map<String, String> own = new LinkedHashMap<>(settings);
          own.put(key, value);
          variants.put("scorer, " + key + "=" + value, own);
        });
    return variants;
  }
}
