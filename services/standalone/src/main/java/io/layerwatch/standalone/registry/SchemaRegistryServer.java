package io.layerwatch.standalone.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.layerwatch.runtime.process.HttpServers;
import io.layerwatch.runtime.process.JsonProblem;
import io.layerwatch.runtime.process.StartException;
import io.layerwatch.standalone.registry.SchemaStore.IncompatibleException;
import io.layerwatch.standalone.registry.SchemaStore.Version;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of Confluent's Schema Registry REST API (version 1) that its clients use to register,
 * look up and read Avro schemas, on the loopback address. Schemas live in memory: as long as the
 * embedded broker's data.
 */
public final class SchemaRegistryServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SchemaRegistryServer.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SchemaStore store = new SchemaStore();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(2);

  private SchemaRegistryServer(HttpServer server) {
    this.server = server;
  }

  /** Starts on a free port. */
  public static SchemaRegistryServer start() {
    try {
      SchemaRegistryServer registry =
          new SchemaRegistryServer(HttpServers.listening("127.0.0.1", 0));
      registry.server.setExecutor(registry.threads);
      registry.server.createContext("/", registry::handle);
      registry.server.start();
      return registry;
    } catch (IOException e) {
      throw new StartException("the schema registry cannot start: " + e.getMessage(), e);
    }
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** An error answer, with Confluent's error code. */
  private static final class ErrorAnswer extends RuntimeException {
    private final int status;
    private final int code;

    ErrorAnswer(int status, int code, String message) {
      super(message);
      this.status = status;
      this.code = code;
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      int status = 200;
      JsonNode answer;
      try {
        answer = answer(exchange);
      } catch (ErrorAnswer e) {
        status = e.status;
        answer = JSON.createObjectNode().put("error_code", e.code).put("message", e.getMessage());
      } catch (RuntimeException e) {
        LOG.warn("a registry request failed", e);
        status = 500;
        answer = JSON.createObjectNode().put("error_code", 500).put("message", e.toString());
      }
      byte[] body = JSON.writeValueAsBytes(answer);
      exchange.getResponseHeaders().set("Content-Type", "application/vnd.schemaregistry.v1+json");
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private JsonNode answer(HttpExchange exchange) throws IOException {
    List<String> path =
        Arrays.stream(exchange.getRequestURI().getRawPath().split("/"))
            .filter(part -> !part.isEmpty())
            .map(part -> URLDecoder.decode(part, StandardCharsets.UTF_8))
            .toList();
    String route = exchange.getRequestMethod() + " " + (path.isEmpty() ? "" : path.get(0));
    byte[] body = exchange.getRequestBody().readAllBytes();
    return switch (route) {
      case "GET " -> JSON.createObjectNode();
      case "GET subjects" -> subjects(path);
      case "POST subjects" -> path.size() == 3 ? register(path, body) : lookUp(path, body);
      case "GET schemas" -> schemas(path);
      case "GET config", "PUT config" -> config(path, body);
      case "POST compatibility" -> compatibility(path, body);
      default -> throw notFound(exchange);
    };
  }

  private JsonNode subjects(List<String> path) {
    if (path.size() == 1) {
      return JSON.valueToTree(store.subjects());
    }
    String subject = path.get(1);
    List<Version> versions = store.versions(subject);
    if (versions.isEmpty()) {
      throw new ErrorAnswer(404, 40401, "Subject '" + subject + "' not found.");
    }
    if (path.size() == 3) {
      return JSON.valueToTree(versions.stream().map(Version::version).toList());
    }
    return json(version(versions, path.get(3)));
  }

  private JsonNode register(List<String> path, byte[] body) {
    try {
      Version version = store.register(path.get(1), schema(body));
      return JSON.createObjectNode().put("id", version.id());
    } catch (IncompatibleException e) {
      throw new ErrorAnswer(
          409,
          409,
          "Schema being registered is incompatible with an earlier schema: " + e.getMessage());
    }
  }

  private JsonNode lookUp(List<String> path, byte[] body) {
    String subject = path.size() > 1 ? path.get(1) : "";
    if (store.versions(subject).isEmpty()) {
      throw new ErrorAnswer(404, 40401, "Subject '" + subject + "' not found.");
    }
    return json(
        store
            .find(subject, schema(body))
            .orElseThrow(() -> new ErrorAnswer(404, 40403, "Schema not found")));
  }

  private JsonNode schemas(List<String> path) {
    if (path.size() == 2 && path.get(1).equals("types")) {
      return JSON.valueToTree(List.of("AVRO"));
    }
    int id = path.size() > 2 ? number(path.get(2)) : -1;
    AvroSchema schema =
        store
            .byId(id)
            .orElseThrow(() -> new ErrorAnswer(404, 40403, "Schema " + id + " not found"));
    if (path.size() == 4) {
      ArrayNode places = JSON.createArrayNode();
      store
          .versionsOf(id)
          .forEach(
              place ->
                  places
                      .addObject()
                      .put("subject", place.subject())
                      .put("version", place.version()));
      return places;
    }
    return JSON.createObjectNode().put("schema", schema.canonicalString());
  }

  private JsonNode config(List<String> path, byte[] body) throws IOException {
    Optional<String> subject = path.size() > 1 ? Optional.of(path.get(1)) : Optional.empty();
    if (body.length > 0) {
      CompatibilityLevel level =
          CompatibilityLevel.forName(JSON.readTree(body).path("compatibility").asText());
      if (level == null) {
        throw new ErrorAnswer(422, 42203, "Invalid compatibility level");
      }
      subject.ifPresentOrElse(
          name -> store.setLevel(name, level), () -> store.setDefaultLevel(level));
      return JSON.createObjectNode().put("compatibility", level.name);
    }
    CompatibilityLevel level =
        subject
            .map(
                name ->
                    store
                        .level(name)
                        .orElseThrow(
                            () ->
                                new ErrorAnswer(
                                    404,
                                    40408,
                                    "Subject '"
                                        + name
                                        + "' has no compatibility level of its own")))
            .orElseGet(store::defaultLevel);
    return JSON.createObjectNode().put("compatibilityLevel", level.name);
  }

  private JsonNode compatibility(List<String> path, byte[] body) {
    String subject = path.size() > 2 ? path.get(2) : "";
    List<String> reasons = store.incompatibilities(subject, schema(body));
    ObjectNode answer = JSON.createObjectNode().put("is_compatible", reasons.isEmpty());
    answer.set("messages", JSON.valueToTree(reasons));
    return answer;
  }

  private static AvroSchema schema(byte[] body) {
    try {
      JsonNode json = JSON.readTree(body);
      String type = json.path("schemaType").asText("AVRO");
      if (!type.equals("AVRO")) {
        throw new ErrorAnswer(422, 42201, "Only AVRO schemas are kept here, got " + type);
      }
      AvroSchema schema = new AvroSchema(json.path("schema").asText());
      schema.validate(false);
      return schema;
    } catch (JsonProcessingException e) {
      throw new ErrorAnswer(400, 400, "Expected JSON: " + JsonProblem.of(e));
    } catch (IOException e) {
      throw new ErrorAnswer(400, 400, "Expected JSON");
    } catch (RuntimeException e) {
      if (e instanceof ErrorAnswer answer) {
        throw answer;
      }
      throw new ErrorAnswer(422, 42201, "Invalid schema: " + e.getMessage());
    }
  }

  private static Version version(List<Version> versions, String wanted) {
    if (wanted.equals("latest") || wanted.equals("-1")) {
      return versions.get(versions.size() - 1);
    }
    int number = number(wanted);
    if (number < 1 || number > versions.size()) {
      throw new ErrorAnswer(404, 40402, "Version " + wanted + " not found.");
    }
    return versions.get(number - 1);
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static ObjectNode json(Version version) {
    return JSON.createObjectNode()
        .put("subject", version.subject())
        .put("version", version.version())
        .put("id", version.id())
        .put("schema", version.schema().canonicalString());
  }

  private static ErrorAnswer notFound(HttpExchange exchange) {
    return new ErrorAnswer(
        404, 404, exchange.getRequestMethod() + " " + exchange.getRequestURI() + " is not served");
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
