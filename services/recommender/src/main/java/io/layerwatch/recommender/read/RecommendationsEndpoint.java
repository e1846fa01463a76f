package io.layerwatch.recommender.read;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.export.ExportFormat;
import io.layerwatch.runtime.codec.RecommendationCodec;
import io.layerwatch.runtime.process.HttpAnswer;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * Recommendations on the admin port: {@code GET /v1/recommendations} has those of all models, as a
 * JSON array, {@code /v1/recommendations/KEY} one model's, and {@code
 * /v1/recommendations/KEY/mergekit.yaml} what mergekit removes verified layers with; other tools'
 * files are named by {@link ExportFormat#fileName}. The key is {@code name@revision},
 * percent-encoded where the URL needs it. What is refused is refused in JSON.
 */
public final class RecommendationsEndpoint implements HttpHandler {

  public static final String PATH = "/v1/recommendations";

  private static final String YAML = "application/yaml";

  private final CurrentRecommendations current;
  private final RecommendationCodec codec = new RecommendationCodec();

  public RecommendationsEndpoint(CurrentRecommendations current) {
    this.current = current;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    HttpAnswer.unlessGet(exchange)
        .orElseGet(() -> answer(exchange.getRequestURI().getRawPath()))
        .send(exchange);
  }

  private HttpAnswer answer(String path) {
    Optional<SortedMap<String, PruningRecommendation>> known = current.known();
    if (known.isEmpty()) {
      return HttpAnswer.error(503, "recommendations are not read yet");
    }
    if (path.equals(PATH) || path.equals(PATH + "/")) {
      return new HttpAnswer(
          200,
          HttpAnswer.JSON,
          known.get().values().stream()
              .map(codec::json)
              .collect(Collectors.joining(",\n", "[", "]\n")));
    }
    return answer(decoded(path.substring(PATH.length() + 1)), known.get());
  }

  /** What is asked for begins with a key, which may have slashes of its own. */
  private HttpAnswer answer(String asked, SortedMap<String, PruningRecommendation> known) {
    Optional<String> key =
        known.keySet().stream()
            .filter(each -> asked.equals(each) || asked.startsWith(each + "/"))
            .max(Comparator.comparingInt(String::length));
    if (key.isEmpty()) {
      return HttpAnswer.notFound(
          asked + ": no recommendation of that model", "models", known.keySet());
    }
    PruningRecommendation recommendation = known.get(key.get());
    return asked.equals(key.get())
        ? new HttpAnswer(200, HttpAnswer.JSON, codec.json(recommendation) + "\n")
        : export(recommendation, asked.substring(key.get().length() + 1));
  }

  private static HttpAnswer export(PruningRecommendation recommendation, String fileName) {
    Optional<ExportFormat> format =
        Arrays.stream(ExportFormat.values())
            .filter(each -> each.fileName().equals(fileName))
            .findFirst();
    if (format.isEmpty()) {
      return HttpAnswer.notFound(
          recommendation.model() + ": no format is named \"" + fileName + "\"",
          "formats",
          Arrays.stream(ExportFormat.values()).map(ExportFormat::fileName).toList());
    }
    return VerifiedExport.of(recommendation, format.get())
        .map(text -> new HttpAnswer(200, type(format.get()), text))
        .orElseGet(() -> HttpAnswer.error(409, VerifiedExport.refusal(recommendation)));
  }

  private static String type(ExportFormat format) {
    return switch (format) {
      case MERGEKIT -> YAML;
      case MODELOPT, NEMO -> HttpAnswer.TEXT;
      case HUGGINGFACE -> HttpAnswer.JSON;
    };
  }

  /** In a path, unlike in a form, a plus is a plus. */
  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
