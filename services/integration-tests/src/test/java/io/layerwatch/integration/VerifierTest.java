package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.pruning.PruningEvaluation;
import io.layerwatch.analysis.pruning.PruningProposal;
import io.layerwatch.analysis.pruning.PruningProposal.LayerEvidence;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.RecommendationState;
import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.pruning.RecommendationState.Withdrawn;
import io.layerwatch.analysis.score.Ranking;
import io.layerwatch.instrumentation.Instrumentation;
import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.instrumentation.verify.VerifierSettings;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.runtime.testing.Metrics;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.runtime.topics.Topics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Candidates on a real topic, measured by one of the replicas that serve the model. */
class VerifierTest {

  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  @TempDir private Path directory;

  @Test
  void oneReplicaMeasuresACandidateOnceAndNobodyThatOfAnotherModel() throws Exception {
    try (Deployment deployment = deployment("1", "30")) {
      PrometheusRegistry one = new PrometheusRegistry();
      PrometheusRegistry two = new PrometheusRegistry();
      ModelId model = deployment.instrument(Clock.systemUTC(), one).model();
      deployment.instrument(Clock.systemUTC(), two);
      send(deployment, new ModelId(model.name(), "other"), candidate(3, 4));
      send(deployment, model, candidate(4, 6, 7));

      List<PruningEvaluation> evaluations = new ArrayList<>();
      await()
          .atMost(TIMEOUT)
          .until(
              () -> {
                evaluations.clear();
                evaluations.addAll(evaluations(deployment));
                return !evaluations.isEmpty();
              });
      assertThat(evaluations).hasSize(1);
      PruningEvaluation evaluation = evaluations.get(0);
      assertThat(evaluation.model()).isEqualTo(model);
      assertThat(evaluation.candidate()).containsExactly(4, 6, 7);
      assertThat(evaluation.gate()).isEqualTo(0.9);
      assertThat(evaluation.dataset()).startsWith("evaluation.jsonl sha256:");
      assertThat(evaluation.effect().full().tokens()).isGreaterThan(1_000);
      // The same again is no news; another one is, and only it is measured.
      send(deployment, model, candidate(4, 6, 7));
      send(deployment, model, candidate(0, 4, 6));
      await().atMost(TIMEOUT).until(() -> evaluations(deployment).size() == 2);
      assertThat(evaluations(deployment).get(1).candidate()).containsExactly(0, 4, 6);
      assertThat(outcomes(one) + outcomes(two)).isEqualTo(2);
    }
  }

  @Test
  void aCandidateThatFallsIsMeasuredNoFurtherAndAReplicaThatGoesIsReplaced() throws Exception {
    try (Deployment deployment = deployment("0.001", "30")) {
      PrometheusRegistry one = new PrometheusRegistry();
      PrometheusRegistry two = new PrometheusRegistry();
      Instrumentation first = deployment.instrument(Clock.systemUTC(), one);
      ModelId model = first.model();
      send(deployment, model, candidate(4, 6, 7));
      await().atMost(TIMEOUT).until(() -> running(one) == 1);
      send(
          deployment,
          model,
          new Withdrawn(candidate(4, 6, 7).proposal(), List.of(4, 6, 7), "others scored lower"));
      await().atMost(TIMEOUT).until(() -> outcome(one, "cancelled") == 1 && running(one) == 0);
      send(deployment, model, candidate(3, 4));
      await().atMost(TIMEOUT).until(() -> running(one) == 1);
      deployment.instrument(Clock.systemUTC(), two);
      first.close();
      await().atMost(TIMEOUT).until(() -> running(two) == 1);
      assertThat(evaluations(deployment)).isEmpty();
    }
  }

  @Test
  void replicasThatComeDoNotEndAMeasurementElsewhere() throws Exception {
    try (Deployment deployment = deployment("0.06", "30")) {
      List<PrometheusRegistry> replicas = new ArrayList<>(List.of(new PrometheusRegistry()));
      ModelId model = deployment.instrument(Clock.systemUTC(), replicas.get(0)).model();
      send(deployment, model, candidate(4, 6, 7));
      await().atMost(TIMEOUT).until(() -> running(replicas.get(0)) == 1);
      for (int i = 0; i < 2; i++) {
        replicas.add(new PrometheusRegistry());
        deployment.instrument(Clock.systemUTC(), replicas.get(replicas.size() - 1));
      }
      await().atMost(TIMEOUT).until(() -> !evaluations(deployment).isEmpty());
      assertThat(evaluations(deployment)).hasSize(1);
      assertThat(replicas.stream().mapToDouble(VerifierTest::outcomes).sum()).isEqualTo(1);
    }
  }

  @Test
  void aCandidateThatComesWhileTheRegistryIsAwayIsMeasuredOnceItIsBack() throws Exception {
    try (Deployment deployment = deployment("1", "30");
        TcpProxy network = new TcpProxy()) {
      Settings settings = deployment.settings();
      network.forwardTo(URI.create(settings.text(CommonSettings.SCHEMA_REGISTRY_URL)).getPort());
      Settings throughProxy =
          Settings.load(
              CommonSettings.define(),
              SettingsSources.of(
                  Map.of(
                      "schema.registry.max.retries",
                      "0",
                      "schema.registry.http.read.timeout.ms",
                      "500",
                      CommonSettings.BOOTSTRAP_SERVERS,
                      settings.text(CommonSettings.BOOTSTRAP_SERVERS),
                      CommonSettings.SCHEMA_REGISTRY_URL,
                      "http://" + network.address())));
      try (Topics topics = Topics.of(throughProxy);
          Instrumentation service =
              new Instrumentation(
                  InstrumentationSettings.of(settings),
                  topics,
                  settings.kafka(),
                  new PrometheusRegistry(),
                  Clock.systemUTC())) {
        network.be(TcpProxy.Condition.SILENT);
        send(deployment, service.model(), candidate(4, 6, 7));
        // Cuts what it has swallowed, and swallows on, while the candidate is read.
        await()
            .during(Duration.ofSeconds(3))
            .atMost(Duration.ofSeconds(5))
            .until(
                () -> {
                  network.be(TcpProxy.Condition.SILENT);
                  return evaluations(deployment).isEmpty();
                });
        network.be(TcpProxy.Condition.GOOD);
        await().atMost(TIMEOUT).until(() -> evaluations(deployment).size() == 1);
      }
    }
  }

  private Deployment deployment(String share, String sequences) {
    return new Deployment(
        directory,
        Repository.demoModel(),
        Map.of(
            VerifierSettings.DATA,
            Repository.demoModel().resolveSibling("evaluation.jsonl").toString(),
            VerifierSettings.SHARE,
            share,
            VerifierSettings.SEQUENCES,
            sequences,
            CommonSettings.TOPICS_PARTITIONS,
            "3",
            "kafka.session.timeout.ms",
            "6000"));
  }

  private static Candidate candidate(Integer... layers) {
    List<LayerEvidence> evidence = new ArrayList<>();
    for (int layer : layers) {
      evidence.add(new LayerEvidence(layer, 1, 0, OptionalDouble.empty(), true));
    }
    return new Candidate(
        new PruningProposal(
            List.of(layers),
            List.of(),
            evidence,
            List.of(),
            0,
            List.of(),
            3,
            new TimeWindow(Instant.EPOCH, Instant.ofEpochSecond(60)),
            1_000,
            1,
            0.2,
            0.2));
  }

  private static void send(Deployment deployment, ModelId model, RecommendationState state)
      throws Exception {
    Topic<PruningRecommendation> topic = deployment.topics().pruningRecommendations();
    PruningRecommendation recommendation =
        new PruningRecommendation(
            model, Instant.ofEpochSecond(60), "relative-contribution", Ranking.AVSS, 12, 3, state);
    try (var producer =
        new KafkaProducer<>(
            new HashMap<>(deployment.settings().kafka()),
            new StringSerializer(),
            topic.serde().serializer())) {
      producer.send(new ProducerRecord<>(topic.name(), model.key(), recommendation)).get();
    }
  }

  private static List<PruningEvaluation> evaluations(Deployment deployment) {
    Topic<PruningEvaluation> topic = deployment.topics().pruningEvaluations();
    return WholeTopic.read(
            topic.name(), deployment.settings().kafka(), IsolationLevel.READ_COMMITTED)
        .stream()
        .map(record -> topic.serde().deserializer().deserialize(topic.name(), record.value()))
        .toList();
  }

  private static double running(PrometheusRegistry metrics) {
    return Metrics.value(metrics, "layerwatch_verifier_running");
  }

  private static double outcome(PrometheusRegistry metrics, String outcome) {
    return Metrics.value(metrics, "layerwatch_verifier_candidates_total", "outcome", outcome);
  }

  private static double outcomes(PrometheusRegistry metrics) {
    return outcome(metrics, "passed") + outcome(metrics, "reduced") + outcome(metrics, "failed");
  }
}
