package io.layerwatch.runtime.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {

  private static final ConfigDef DEFINITION =
      CommonSettings.define()
          .define(
              "x.window-size",
              Type.STRING,
              "1m",
              Expect.positiveDuration(),
              Importance.LOW,
              "A duration.")
          .define("x.name", Type.STRING, "", Importance.LOW, "A text that may be empty.")
          .define("x.share", Type.DOUBLE, 0.5, Expect.properShare(), Importance.LOW, "A number.")
          .define("x.on", Type.BOOLEAN, false, Importance.LOW, "A flag.")
          .define("x.layers", Type.LIST, "1,2", Expect.wholeNumbers(), Importance.LOW, "A list.");

  @TempDir private Path directory;

  @Test
  void defaultsHoldWhereNothingIsGiven() {
    Settings settings = load(Map.of());
    assertThat(settings.duration("x.window-size")).isEqualTo(Duration.ofMinutes(1));
    assertThat(settings.optionalText("x.name")).isEmpty();
    assertThat(settings.number("x.share")).isEqualTo(0.5);
    assertThat(settings.flag("x.on")).isFalse();
    assertThat(settings.list("x.layers")).containsExactly("1", "2");
    assertThat(settings.integer("topics.partitions")).isEqualTo(4);
    assertThat(settings.kafka()).isEqualTo(Map.of("bootstrap.servers", "localhost:9092"));
    assertThat(settings.schemaRegistry())
        .isEqualTo(Map.of("schema.registry.url", "http://localhost:8081"));
  }

  @Test
  void everyTypeIsRead() {
    Settings settings =
        load(
            Map.of(
                "x.window-size", "250ms",
                "x.name", "n",
                "x.share", "0.25",
                "x.on", "true",
                "x.layers", "7, 8"));
    assertThat(settings.duration("x.window-size")).isEqualTo(Duration.ofMillis(250));
    assertThat(settings.optionalText("x.name")).contains("n");
    assertThat(settings.number("x.share")).isEqualTo(0.25);
    assertThat(settings.flag("x.on")).isTrue();
    assertThat(settings.list("x.layers")).containsExactly("7", "8");
  }

  @Test
  void aLaterSourceWins() throws IOException {
    Map<String, String> defaults = Map.of("x.name", "default");
    Optional<Path> file =
        Optional.of(
            Files.writeString(
                directory.resolve("p"), "x.name = file\nx.layers=3\nx.window-size=2s\n"));
    Map<String, String> environment =
        Map.of("LAYERWATCH_X_NAME", "environment", "LAYERWATCH_X_WINDOW_SIZE", "3s");
    Map<String, String> overrides = Map.of("x.name", "override");
    assertThat(name(new SettingsSources(defaults, Optional.empty(), Map.of(), Map.of())))
        .isEqualTo("default");
    assertThat(name(new SettingsSources(defaults, file, Map.of(), Map.of()))).isEqualTo("file");
    assertThat(name(new SettingsSources(defaults, file, environment, Map.of())))
        .isEqualTo("environment");
    SettingsSources all = new SettingsSources(defaults, file, environment, overrides);
    assertThat(name(all)).isEqualTo("override");
    // What a later source does not say stands.
    assertThat(Settings.load(DEFINITION, all).list("x.layers")).containsExactly("3");
    assertThat(Settings.load(DEFINITION, all).duration("x.window-size"))
        .isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void everyProblemIsListedAtOnce() {
    assertThat(
            problems(
                SettingsSources.of(
                    Map.of(
                        "x.window-size", "5",
                        "x.share", "half",
                        "x.on", "perhaps",
                        "x.layers", "1,-2",
                        "topics.partitions", "0",
                        "topics.replication.factor", "two",
                        "admin.port", "http",
                        "schema.registry.url", " "))))
        .containsExactlyInAnyOrder(
            "x.window-size: expected a positive duration such as 5s, got \"5\"",
            "x.share: expected a number, got \"half\"",
            "x.on: expected true or false, got \"perhaps\"",
            "x.layers: expected whole numbers, 0 or more, got \"1,-2\"",
            "topics.partitions: expected 1 or more, got \"0\"",
            "topics.replication.factor: expected a whole number, got \"two\"",
            "admin.port: expected a port from 0 to 65535, or one such as \"8000 or any\", got \"http\"",
            "schema.registry.url: expected addresses without user and password, which"
                + " schema.registry.basic.auth.user.info takes, got \" \"");
  }

  @Test
  void anUnknownKeyIsRefusedWhereverItComesFrom() throws IOException {
    Path file = Files.writeString(directory.resolve("p"), "x.nam=n\n");
    assertThat(
            problems(
                new SettingsSources(
                    Map.of(),
                    Optional.of(file),
                    Map.of("LAYERWATCH_ADMIN_PROT", "1", "PATH", "not ours"),
                    Map.of("nothing.like.any.of.them", "x"))))
        .containsExactlyInAnyOrder(
            "x.nam: unknown setting; did you mean x.name?",
            "admin.prot: unknown setting; did you mean admin.port?",
            "nothing.like.any.of.them: unknown setting");
  }

  /** A shell that builds images, or composes them, runs commands, too. */
  @Test
  void variablesOfTheScriptsAreNoSettings() {
    Map<String, String> scripts =
        Map.of(
            "LAYERWATCH_HOME", "h",
            "LAYERWATCH_OPTS", "-Xmx1g",
            "LAYERWATCH_VERSION", "1.2.3",
            "LAYERWATCH_REGISTRY", "registry.acme.org/ml");
    Settings settings =
        Settings.load(
            DEFINITION, new SettingsSources(Map.of(), Optional.empty(), scripts, Map.of()));
    assertThat(settings.optionalText("x.name")).isEmpty();
  }

  @Test
  void theVariableOfAKeyHasNeitherDotsNorHyphens() {
    assertThat(SettingsSources.variable("x.window-size")).isEqualTo("LAYERWATCH_X_WINDOW_SIZE");
  }

  @Test
  void aFileThatCannotBeReadIsAProblemBesideOthers() {
    Path missing = directory.resolve("missing");
    assertThat(
            problems(
                new SettingsSources(
                    Map.of(), Optional.of(missing), Map.of(), Map.of("x.share", "2"))))
        .containsExactlyInAnyOrder(
            "--config: expected a readable properties file, got \"" + missing + "\"",
            "x.share: expected a number between 0 and 1, got \"2\"");
  }

  @Test
  void aProblemWithAnotherSettingShowsWhatWasGivenAsItWasGiven() {
    assertThat(load(Map.of("x.share", "0.250")).problem("x.share", "less"))
        .isEqualTo("x.share: expected less, got \"0.250\"");
    assertThat(load(Map.of()).problem("admin.port", "another"))
        .isEqualTo("admin.port: expected another, got \"9400\"");
  }

  /** Clients would log the address, and so the password, at every failure. */
  @Test
  void aPasswordInAnAddressIsRefusedAndNotShown() {
    assertThat(
            problems(
                SettingsSources.of(
                    Map.of("schema.registry.url", "http://a:8081,https://user:pass@wo:rd@b/x"))))
        .containsExactly(
            "schema.registry.url: expected addresses without user and password, which"
                + " schema.registry.basic.auth.user.info takes, got \"http://***@b/x\"");
  }

  @Test
  void whatStandsInAFileIsReadForTheRegistryAndLeftToKafka() throws IOException {
    Path file = Files.writeString(directory.resolve("secrets"), "user.info=u:p\n");
    String reference = "${file:" + file + ":user.info}";
    Settings settings =
        load(
            withProvider(
                Map.of(
                    "schema.registry.basic.auth.user.info",
                    reference,
                    "kafka.sasl.jaas.config",
                    reference)));
    assertThat(settings.schemaRegistry())
        .isEqualTo(
            Map.of("schema.registry.url", "http://localhost:8081", "basic.auth.user.info", "u:p"));
    assertThat(settings.kafka())
        .containsEntry("sasl.jaas.config", reference)
        .containsEntry("config.providers", "file");
  }

  /** Else the reference would be the password. */
  @Test
  void aReferenceThatNobodyFollowsIsAProblem() {
    Map<String, String> referring =
        Map.of(
            "schema.registry.basic.auth.user.info", "u:${vault:/a:b}",
            "kafka.sasl.jaas.config", "secret ${vault:b}");
    for (Map<String, String> values : List.of(referring, withProvider(referring))) {
      assertThat(problems(SettingsSources.of(values)))
          .containsExactly(
              "kafka.sasl.jaas.config: expected references to providers that"
                  + " kafka.config.providers names, got one to another",
              "schema.registry.basic.auth.user.info: expected references to providers that"
                  + " kafka.config.providers names, got one to another");
    }
    assertThat(load(Map.of("kafka.client.id", "$a {b:c} ${d}")).kafka())
        .containsEntry("client.id", "$a {b:c} ${d}");
  }

  /** Whatever a provider is called. */
  @Test
  void aProvidersNameIsNoPattern() {
    assertThat(
            problems(
                SettingsSources.of(
                    Map.of(
                        "kafka.config.providers",
                        "a(",
                        "kafka.config.providers.a(.class",
                        org.apache.kafka.common.config.provider.EnvVarConfigProvider.class
                            .getName(),
                        "kafka.client.id",
                        "${a(:LAYERWATCH_NO_SUCH_VARIABLE}"))))
        .containsExactly(
            "kafka.client.id: expected what kafka.config.providers can read, got nothing");
  }

  @Test
  void whatCannotBeReferredToIsAProblemThatShowsNoValue() throws IOException {
    Path file = Files.writeString(directory.resolve("secrets"), "other=u:p\n");
    String value = "secret ${file:" + file + ":absent}";
    assertThat(
            problems(
                SettingsSources.of(
                    withProvider(
                        Map.of(
                            "schema.registry.basic.auth.user.info", value,
                            "kafka.sasl.jaas.config", value)))))
        .containsExactly(
            "kafka.sasl.jaas.config: expected what kafka.config.providers can read, got nothing",
            "schema.registry.basic.auth.user.info: expected what kafka.config.providers can read,"
                + " got nothing");
    assertThat(
            problems(
                SettingsSources.of(
                    withProvider(
                        Map.of("kafka.sasl.jaas.config", "secret ${file:/nowhere:absent}")))))
        .isNotEmpty()
        .allSatisfy(
            problem ->
                assertThat(problem)
                    .startsWith("kafka.config.providers: expected providers that can be read")
                    .contains("/nowhere")
                    .doesNotContain("secret"));
  }

  private static Map<String, String> withProvider(Map<String, String> others) {
    Map<String, String> all = new java.util.HashMap<>(others);
    all.put("kafka.config.providers", "file");
    all.put(
        "kafka.config.providers.file.class",
        org.apache.kafka.common.config.provider.FileConfigProvider.class.getName());
    return all;
  }

  @Test
  void kafkaAndRegistrySettingsPassThroughVerbatim() {
    Settings settings =
        load(
            Map.of(
                "kafka.bootstrap.servers", "b:1",
                "kafka.security.protocol", "SASL_SSL",
                "schema.registry.url", "http://r",
                "schema.registry.basic.auth.user.info", "u:p"));
    assertThat(settings.kafka())
        .isEqualTo(Map.of("bootstrap.servers", "b:1", "security.protocol", "SASL_SSL"));
    assertThat(settings.schemaRegistry())
        .isEqualTo(Map.of("schema.registry.url", "http://r", "basic.auth.user.info", "u:p"));
  }

  @Test
  void theReadmeShowsTheSettingsOfEveryProcess() throws IOException {
    assertThat(Files.readString(Path.of("README.md")))
        .contains(SettingsTable.markdown(CommonSettings.define()));
  }

  private static String name(SettingsSources sources) {
    return Settings.load(DEFINITION, sources).text("x.name");
  }

  private static Settings load(Map<String, String> values) {
    return Settings.load(DEFINITION, SettingsSources.of(values));
  }

  private static List<String> problems(SettingsSources sources) {
    return catchThrowableOfType(
            InvalidSettingsException.class, () -> Settings.load(DEFINITION, sources))
        .problems();
  }
}
