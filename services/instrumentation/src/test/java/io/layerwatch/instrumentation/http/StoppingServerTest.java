package io.layerwatch.instrumentation.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.instrumentation.TinyCheckpoint;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import io.layerwatch.instrumentation.generate.Sampling;
import io.layerwatch.instrumentation.generate.TextGenerator;
import io.layerwatch.instrumentation.model.InferenceStoppedException;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.SequenceProbe;
import io.layerwatch.probe.reduction.BlockStates;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process ends while requests run: weights must not be freed under a running pass. */
class StoppingServerTest {

  private static final String ENDLESS =
      "{\"prompt\": [1, 2, 3], \"max_tokens\": 1000000, \"temperature\": 1, \"seed\": 1}";

  @Test
  void stopsGenerationsThatWouldTakeFarLonger(@TempDir Path directory) throws Exception {
    LanguageModel model = longContext(directory);
    Running running = new Running();
    CompletionServer server =
        new CompletionServer(
            CompletionServer.Options.local(1),
            model,
            () -> running,
            new RequestMetrics(new PrometheusRegistry()));
    URI address = URI.create("http://127.0.0.1:" + server.port() + "/v1/completions");
    HttpRequest request =
        HttpRequest.newBuilder(address).POST(BodyPublishers.ofString(ENDLESS)).build();
    HttpClient client = HttpClient.newHttpClient();
    var first = client.sendAsync(request, BodyHandlers.ofString());
    var waiting = client.sendAsync(request, BodyHandlers.ofString());
    assertThat(running.decodes.await(20, TimeUnit.SECONDS)).isTrue();

    Instant start = Instant.now();
    server.close();
    model.close();

    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(4));
    assertThat(running.closed.await(0, TimeUnit.SECONDS)).as("the sequence has ended").isTrue();
    assertThat(first.get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
    assertThat(waiting.get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
    assertThatThrownBy(
            () ->
                new TextGenerator(model)
                    .complete(new int[] {1}, 1, Sampling.GREEDY, SequenceProbe.NONE))
        .isInstanceOf(InferenceStoppedException.class);
  }

  private static LanguageModel longContext(Path directory) throws IOException {
    Path written = new TinyCheckpoint(5, true).write(directory.resolve("tiny"), TensorType.F32);
    var config = new TinyCheckpoint(5, true).config();
    // No end token, and far more positions than anybody waits for.
    config.put("max_position_embeddings", 1_000_000).remove("eos_token_id");
    new ObjectMapper().writeValue(written.resolve("config.json").toFile(), config);
    return LanguageModel.load(LanguageModel.Source.of(written));
  }

  /** Tells when tokens are being decoded, and when the sequence has ended. */
  private static final class Running implements SequenceProbe {

    private final CountDownLatch decodes = new CountDownLatch(50);
    private final CountDownLatch closed = new CountDownLatch(1);

    @Override
    public void prefilled(NDManager scope, BlockStates states, long inferenceNanos) {}

    @Override
    public void decoded(NDManager sequence, BlockStates states, long inferenceNanos) {
      decodes.countDown();
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }
}
