package io.layerwatch.integration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.PromptLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Talks to the API as any HTTP client would. */
final class ApiClient {

  static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI server;

  ApiClient(int port) {
    this(URI.create("http://127.0.0.1:" + port));
  }

  ApiClient(URI server) {
    this.server = server;
  }

  /** Passes a prompt through the model without generating anything. */
  JsonNode prefill(PromptLine prompt) {
    ObjectNode body = JSON.createObjectNode().put("max_tokens", 0);
    if (prompt instanceof PromptLine.Text line) {
      body.put("prompt", line.text());
    } else if (prompt instanceof PromptLine.Tokens line) {
      line.ids().forEach(body.withArray("prompt")::add);
    }
    return complete(body);
  }

  JsonNode complete(ObjectNode body) {
    HttpResponse<String> response = send(body);
    if (response.statusCode() != 200) {
      throw new IllegalStateException(response.statusCode() + ": " + response.body());
    }
    try {
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  HttpResponse<String> send(ObjectNode body) {
    return send("/v1/completions", body);
  }

  HttpResponse<String> send(String path, ObjectNode body) {
    try {
      return http.send(
          HttpRequest.newBuilder(server.resolve(path))
              .timeout(Duration.ofSeconds(60))
              .POST(BodyPublishers.ofString(body.toString()))
              .build(),
          BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
