package io.layerwatch.integration;

import io.layerwatch.runtime.process.AdminServer;
import io.layerwatch.runtime.process.Health;
import io.layerwatch.runtime.settings.Port;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What Prometheus reads from {@code /metrics} of some processes. */
public record ScrapedText(String lines) {

  static ScrapedText of(PrometheusRegistry... processes) {
    return new ScrapedText(
        Stream.of(processes).map(ScrapedText::scrape).collect(Collectors.joining("\n")));
  }

  private static String scrape(PrometheusRegistry process) {
    try (AdminServer server = AdminServer.start("127.0.0.1", Port.ANY, process, new Health())) {
      URI metrics = URI.create("http://127.0.0.1:" + server.port() + "/metrics");
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
          .body();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Of processes by their admin addresses. */
  static ScrapedText of(List<URI> processes) {
    return new ScrapedText(
        processes.stream()
            .map(process -> Pages.get(process.resolve("/metrics")))
            .collect(Collectors.joining("\n")));
  }

  /** As PromQL's {@code sum(name{label=~"values"})}. */
  public long sum(String name, String label, String values) {
    return sum(name + "\\{[^}]*\\b" + label + "=\"(" + values + ")\"[^}]*\\}");
  }

  /** As PromQL's {@code sum(name)} of a metric without labels. */
  public long sum(String name) {
    Pattern line = Pattern.compile(name + " (\\S+)");
    return lines
        .lines()
        .map(line::matcher)
        .filter(java.util.regex.Matcher::matches)
        .mapToLong(match -> (long) Double.parseDouble(match.group(match.groupCount())))
        .sum();
  }
}
