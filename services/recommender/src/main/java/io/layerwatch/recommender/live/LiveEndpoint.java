package io.layerwatch.recommender.live;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.layerwatch.runtime.process.HttpAnswer;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
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
  private final ProcessFigures figures;
  private final String usualSite;
  private final Clock clock;
  private final long run;

  LiveEndpoint(LiveState state, ProcessFigures figures, String usualSite, Clock clock) {
    this.state = state;
    this.figures = figures;
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
    if (since.isEmpty()) {
      return HttpAnswer.error(
          400, "since: expected a whole number, got \"" + asked.get("since") + "\"");
    }
    Optional<String> model = Optional.ofNullable(asked.get("model"));
    String site = asked.getOrDefault("site", usualSite);
    LiveView view = state.read(models -> LiveView.of(models, model, site, since.getAsLong()));
    return model.isPresent() && view.chosen().isEmpty()
        ? HttpAnswer.notFound(
            model.get() + ": no window of that model",
            "models",
            view.models().stream().map(LiveView.Choice::key).toList())
        : answer(view);
  }

  private HttpAnswer answer(LiveView view) {
    ObjectNode node = LiveJson.object().put("run", run).put("now", clock.millis());
    node.put("windowsKept", LiveState.WINDOWS).put("modelsKept", LiveState.MODELS);
    node.set("models", LiveJson.models(view.models()));
    view.chosen().ifPresent(chosen -> write(chosen, figures.now(), node));
    return new HttpAnswer(200, HttpAnswer.JSON, node + "\n");
  }

  private static void write(
      LiveView.Chosen chosen, ProcessFigures.Moment figures, ObjectNode node) {
    node.put("model", chosen.model().key()).put("site", chosen.site());
    LiveJson.window(node, chosen);
    node.set("windows", LiveJson.windows(chosen.windows()));
    chosen
        .recommendation()
        .ifPresent(known -> node.set("recommendation", LiveJson.recommendation(known)));
    node.set(
        "drift", LiveJson.drift(chosen.drifting(), figures.raised(chosen.model(), chosen.site())));
    figures
        .learning(chosen.model(), chosen.site())
        .ifPresentOrElse(scores -> node.put("learning", scores), () -> node.putNull("learning"));
    ObjectNode entries = node.putObject("ledger");
    figures.ledger(chosen.model()).forEach(entries::put);
    ObjectNode reasons = node.putObject("dropped");
    figures.dropped().forEach(reasons::put);
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
