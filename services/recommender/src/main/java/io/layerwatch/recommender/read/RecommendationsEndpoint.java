package io.layerwatch.recommender.read;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.export.ExportFormat;
import io.layerwatch.runtime.codec.RecommendationCodec;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * Recommendations on the admin port: {@code GET /v1/recommendations} has those of all models, as a
 * JSON array, {@code /v1/recommendations/KEY} one model's, and {@code
 * /v1/recommendations/KEY/mergekit.yaml} what mergekit removes verified layers with; other tools'
 * files are named by {@link ExportFormat#fileName}. The key is {@code name@revision},
 * percent-encoded where the URL needs it.
 */
public final class RecommendationsEndpoint implements HttpHandler {

  public static final String PATH = "/v1/recommendations";

  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json";
  private static final String YAML = "application/yaml";

  private final CurrentRecommendations current;
  private final RecommendationCodec codec = new RecommendationCodec();

  public RecommendationsEndpoint(CurrentRecommendations current) {
    this.current = current;
  }

  private record Answer(int status, String type, String body) {

    static Answer sentence(int status, String sentence) {
      return new Answer(status, TEXT, sentence + "\n");
    }
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer = answer(exchange.getRequestMethod(), exchange.getRequestURI().getRawPath());
      if (answer.status() == 405) {
        exchange.getResponseHeaders().set("Allow", "GET");
      }
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", answer.type());
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private Answer answer(String method, String path) {
    if (!method.equals("GET")) {
      return Answer.sentence(405, "expected GET, got " + method);
    }
    Optional<SortedMap<String, PruningRecommendation>> known = current.known();
    if (known.isEmpty()) {
      return Answer.sentence(503, "recommendations are not read yet");
    }
    if (path.equals(PATH) || path.equals(PATH + "/")) {
      return new Answer(
          200,
          JSON,
          known.get().values().stream()
              .map(codec::json)
              .collect(Collectors.joining(",\n", "[", "]\n")));
    }
    // The server hands on whatever begins like the path.
    if (!path.startsWith(PATH + "/")) {
      return Answer.sentence(404, "expected " + PATH + ", got " + path);
    }
    String rest = path.substring(PATH.length() + 1);
    Optional<ExportFormat> export =
        Arrays.stream(ExportFormat.values())
            .filter(format -> rest.endsWith("/" + format.fileName()))
            .findFirst();
    int suffix = export.map(format -> format.fileName().length() + 1).orElse(0);
    String key = decoded(rest.substring(0, rest.length() - suffix));
    PruningRecommendation recommendation = known.get().get(key);
    if (recommendation == null) {
      return Answer.sentence(404, key + ": no recommendation of that model");
    }
    return export
        .map(format -> export(recommendation, format))
        .orElseGet(() -> new Answer(200, JSON, codec.json(recommendation) + "\n"));
  }

  private static Answer export(PruningRecommendation recommendation, ExportFormat format) {
    return VerifiedExport.of(recommendation, format)
        .map(text -> new Answer(200, type(format), text))
        .orElseGet(() -> Answer.sentence(409, VerifiedExport.refusal(recommendation)));
  }

  private static String type(ExportFormat format) {
    return switch (format) {
      case MERGEKIT -> YAML;
      case MODELOPT, NEMO -> TEXT;
      case HUGGINGFACE -> JSON;
    };
  }

  /** In a path, unlike in a form, a plus is a plus. */
  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
