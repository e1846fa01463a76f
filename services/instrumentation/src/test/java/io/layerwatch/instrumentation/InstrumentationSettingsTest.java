package io.layerwatch.instrumentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.layerwatch.analysis.Site;
import io.layerwatch.instrumentation.model.ComputeDevice;
import io.layerwatch.instrumentation.model.ComputeType;
import io.layerwatch.instrumentation.verify.VerifierSettings;
import io.layerwatch.probe.Phase;
import io.layerwatch.probe.SamplingPlan;
import io.layerwatch.runtime.security.EndpointSecurity;
import io.layerwatch.runtime.settings.InvalidSettingsException;
import io.layerwatch.runtime.settings.Port;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.runtime.settings.SettingsTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

class InstrumentationSettingsTest {

  @Test
  void defaults() {
    assertThat(load(Map.of("model.directory", "m")))
        .isEqualTo(
            new InstrumentationSettings(
                Path.of("m"),
                Optional.empty(),
                Optional.empty(),
                "0.0.0.0",
                new Port(8000, false),
                EndpointSecurity.NONE,
                2,
                64,
                8,
                1_048_576,
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                Duration.ofSeconds(10),
                ComputeDevice.AUTO,
                ComputeType.AUTO,
                1,
                new ProbeSettings(
                    true,
                    List.of(Site.BLOCK_OUTPUT, Site.BLOCK_CONTRIBUTION, Site.RELATIVE_CONTRIBUTION),
                    List.of(1e-5, 1e-4, 1e-3, 1e-2, 1e-1),
                    new SamplingPlan(
                        1,
                        1,
                        OptionalDouble.empty(),
                        0.02,
                        0,
                        Set.of(Phase.PREFILL, Phase.DECODE))),
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                360,
                32,
                new VerifierSettings(List.of(), 0.9, 0.1, 256, 2_048, 1_000)));
  }

  @Test
  void everyKeyIsMapped() {
    assertThat(
            load(
                Map.ofEntries(
                    Map.entry("model.directory", "m"),
                    Map.entry("model.name", "n"),
                    Map.entry("model.revision", "r"),
                    Map.entry("instrumentation.http.host", "127.0.0.1"),
                    Map.entry("instrumentation.http.port", "80 or any"),
                    Map.entry("instrumentation.concurrency", "3"),
                    Map.entry("instrumentation.http.queue", "0"),
                    Map.entry("instrumentation.prefill.batch", "16"),
                    Map.entry("instrumentation.http.body.limit", "4096"),
                    Map.entry("instrumentation.http.receive.timeout", "4s"),
                    Map.entry("instrumentation.http.request.timeout", "5s"),
                    Map.entry("instrumentation.http.drain", "0s"),
                    Map.entry("instrumentation.device", "gpu:1"),
                    Map.entry("instrumentation.dtype", "float16"),
                    Map.entry("instrumentation.torch.threads", "4"),
                    Map.entry("instrumentation.probe.sites", "block-output"),
                    Map.entry("instrumentation.probe.thresholds", "0.5,1"),
                    Map.entry("instrumentation.probe.enabled", "false"),
                    Map.entry("instrumentation.probe.request.share", "0.5"),
                    Map.entry("instrumentation.probe.pass.share", "0.25"),
                    Map.entry("instrumentation.probe.tokens.per.second", "900"),
                    Map.entry("instrumentation.probe.budget", "0.1"),
                    Map.entry("instrumentation.probe.skipped.tokens", "4"),
                    Map.entry("instrumentation.probe.phases", "prefill"),
                    Map.entry("instrumentation.flush.interval", "2s"),
                    Map.entry("instrumentation.backlog.window", "6s"),
                    Map.entry("instrumentation.backlog.windows", "7"),
                    Map.entry("instrumentation.privacy.tokens.minimum", "8"),
                    Map.entry("instrumentation.verifier.data", "README.md, pom.xml"),
                    Map.entry("instrumentation.verifier.gate", "0.95"),
                    Map.entry("instrumentation.verifier.share", "0.5"),
                    Map.entry("instrumentation.verifier.sequence.tokens", "64"),
                    Map.entry("instrumentation.verifier.sequences", "32"),
                    Map.entry("instrumentation.verifier.tokens.minimum", "99"))))
        .isEqualTo(
            new InstrumentationSettings(
                Path.of("m"),
                Optional.of("n"),
                Optional.of("r"),
                "127.0.0.1",
                new Port(80, true),
                EndpointSecurity.NONE,
                3,
                0,
                16,
                4096,
                Duration.ofSeconds(4),
                Duration.ofSeconds(5),
                Duration.ZERO,
                new ComputeDevice(ComputeDevice.Kind.GPU, 1),
                ComputeType.FLOAT16,
                4,
                new ProbeSettings(
                    false,
                    List.of(Site.BLOCK_OUTPUT),
                    List.of(0.5, 1.0),
                    new SamplingPlan(
                        0.5, 0.25, OptionalDouble.of(900), 0.1, 4, Set.of(Phase.PREFILL))),
                Duration.ofSeconds(2),
                Duration.ofSeconds(6),
                7,
                8,
                new VerifierSettings(
                    List.of(Path.of("README.md"), Path.of("pom.xml")), 0.95, 0.5, 32, 64, 99)));
  }

  @Test
  void everyProblemIsListedAtOnce() {
    assertThat(
            problems(
                Map.of(
                    "instrumentation.http.port", "70000",
                    "instrumentation.device", "gpu:one",
                    "instrumentation.dtype", "bfloat16",
                    "instrumentation.probe.sites", "attention",
                    "instrumentation.probe.thresholds", "1,0.5",
                    "instrumentation.concurrency", "many")))
        .containsExactlyInAnyOrder(
            "model.directory: expected a value, got nothing",
            "instrumentation.http.port: expected a port from 0 to 65535, or one such as \"8000 or any\", got \"70000\"",
            "instrumentation.device: expected auto, cpu, gpu or a certain one such as gpu:1, got"
                + " \"gpu:one\"",
            "instrumentation.dtype: expected one of auto, float32, float16, got \"bfloat16\"",
            "instrumentation.probe.sites: expected a list of block-output, block-contribution,"
                + " relative-contribution, got \"attention\"",
            "instrumentation.probe.thresholds: expected positive ascending numbers, got"
                + " \"1,0.5\"",
            "instrumentation.concurrency: expected a whole number, got \"many\"");
  }

  @Test
  void theBacklogWindowIsAMultipleOfTheFlushInterval() {
    assertThat(problems(Map.of("model.directory", "m", "instrumentation.backlog.window", "1500ms")))
        .containsExactly(
            "instrumentation.backlog.window: expected a multiple of"
                + " instrumentation.flush.interval 1s, got \"1500ms\"");
  }

  @Test
  void theReadmeShowsEverySetting() throws IOException {
    assertThat(Files.readString(Path.of("README.md")))
        .contains(SettingsTable.markdown(InstrumentationSettings.addTo(new ConfigDef())));
  }

  private static List<String> problems(Map<String, String> values) {
    InvalidSettingsException refused =
        catchThrowableOfType(InvalidSettingsException.class, () -> load(values));
    return refused.problems();
  }

  private static InstrumentationSettings load(Map<String, String> values) {
    return InstrumentationSettings.of(
        Settings.load(InstrumentationSettings.define(), SettingsSources.of(values)));
  }
}
