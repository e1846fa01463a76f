package io.layerwatch.recommender.live;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.layerwatch.runtime.process.HttpAnswer;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * {@code GET /v1/live}: what a page shows at this moment, of one model at one site. {@code model}
 * and {@code site} choose, by default the model that was heard of last and the site that is ranked;
 * of windows only those are in the answer that came after the change that {@code since} names, so
 * that asking every second costs little. {@code run} is another once numbers of changes begin anew.
 */
final class LiveEndpoint implements HttpHandler {

  static final String PATH = "/v1/live";

  private final LiveState state;
  private final LedgerFigures ledger;
  private final String usualSite;
  private final Clock clock;
  private final long run;

  LiveEndpoint(LiveState state, LedgerFigures ledger, String usualSite, Clock clock) {
    this.state = state;
    this.ledger = ledger;
    this.usualSite = usualSite;
    this.clock = clock;
    this.run = clock.millis();
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    PageAssets.secure(exchange, "no-store");
    HttpAnswer.unlessGet(exchange)
        .orElseGet(() -> answer(exchange.getRequestURI().getRawQuery()))
        .send(exchange);
  }

  private HttpAnswer answer(String query) {
    Map<String, String> asked = parameters(query);
    OptionalLong since = since(asked.getOrDefault("since", "0"));
    return since.isEmpty()
        ? HttpAnswer.error(
            400, "since: expected a whole number, got \"" + asked.get("since") + "\"")
        : state.read(models -> answer(models, asked, since.getAsLong()));
  }

  private HttpAnswer answer(List<LiveModel> models, Map<String, String> asked, long since) {
    ObjectNode node = LiveJson.object().put("run", run).put("now", clock.millis());
    node.put("windowsKept", LiveState.WINDOWS).put("modelsKept", LiveState.MODELS);
    node.set("models", LiveJson.models(models));
    Optional<LiveModel> model =
        asked.containsKey("model")
            ? models.stream().filter(known -> known.id.key().equals(asked.get("model"))).findFirst()
            : models.stream().max(Comparator.comparing(LiveModel::lastHeard));
    if (model.isEmpty() && asked.containsKey("model")) {
      return HttpAnswer.notFound(
          asked.get("model") + ": no window of that model",
          "models",
          models.stream().map(known -> known.id.key()).toList());
    }
    model.ifPresent(known -> write(known, site(known, asked), since, node));
    return new HttpAnswer(200, HttpAnswer.JSON, node + "\n");
  }

  private void write(LiveModel model, String site, long since, ObjectNode node) {
    SiteHistory history = model.at(site);
    node.put("model", model.id.key()).put("site", site);
    LiveJson.window(node, history);
    node.set("windows", LiveJson.windows(history, since));
    model.recommendation.ifPresent(
        known -> node.set("recommendation", LiveJson.recommendation(known)));
    node.set("drift", LiveJson.drift(history.drifting()));
    ObjectNode entries = node.putObject("ledger");
    ledger.of(model.id).forEach(entries::put);
    ObjectNode reasons = node.putObject("dropped");
    ledger.dropped().forEach(reasons::put);
  }

  /** The one asked for, the usual one where nothing was asked, or whichever has windows. */
  private String site(LiveModel model, Map<String, String> asked) {
    String wanted = asked.getOrDefault("site", usualSite);
    return model.sites.entrySet().stream()
        .filter(entry -> entry.getValue().last().isPresent())
        .map(Map.Entry::getKey)
        .filter(wanted::equals)
        .findFirst()
        .orElseGet(
            () ->
                model.sites.entrySet().stream()
                    .filter(entry -> entry.getValue().last().isPresent())
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse(usualSite));
  }

  private static OptionalLong since(String text) {
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new HashMap<>();
    if (query != null) {
      for (String pair : query.split("&")) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          parameters.put(
              pair.substring(0, equals),
              URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
      }
    }
    return parameters;
  }
}
