package io.layerwatch.integration;

import com.fasterxml.jackson.databind.JsonNode;
import io.layerwatch.runtime.process.AdminServer;
import io.layerwatch.runtime.process.Health;
import io.layerwatch.runtime.settings.Port;
import io.layerwatch.runtime.testing.Metrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** A recommender's admin server, as a client sees it, and what else a process of its own has. */
record RecommenderInstance(PrometheusRegistry metrics, Health health, AdminServer admin)
    implements AutoCloseable {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** With nothing behind it yet. */
  static RecommenderInstance create() {
    PrometheusRegistry metrics = new PrometheusRegistry();
    Health health = new Health();
    return new RecommenderInstance(
        metrics, health, AdminServer.start("127.0.0.1", Port.ANY, metrics, health));
  }

  static RecommenderInstance start(Deployment deployment, String name) {
    RecommenderInstance instance = create();
    deployment.recommend(name, instance.metrics(), instance.health()).serveOn(instance.admin());
    return instance;
  }

  HttpResponse<String> get(String path) {
    return send("GET", path);
  }

  HttpResponse<String> send(String method, String path) {
    URI address = URI.create("http://127.0.0.1:" + admin.port() + "/v1/recommendations" + path);
    try {
      return HTTP.send(
          HttpRequest.newBuilder(address).method(method, BodyPublishers.noBody()).build(),
          BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  JsonNode json(String path) {
    try {
      return ApiClient.JSON.readTree(get(path).body());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  boolean owns(String name, String revision) {
    return !Double.isNaN(
        Metrics.value(
            metrics,
            "layerwatch_recommendation_state",
            "model",
            name,
            "revision",
            revision,
            "state",
            "verified"));
  }

  @Override
  public void close() {
    admin.close();
  }
}
