package io.layerwatch.instrumentation.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Takes what is generated for a request and brings it to the client, in one of two ways. Used by
 * the one thread that runs the request.
 */
sealed interface Answer {

  /** What a request cost. */
  record Usage(int promptTokens, int completionTokens) {

    ObjectNode json() {
      return JsonNodeFactory.instance
          .objectNode()
          .put("prompt_tokens", promptTokens)
          .put("completion_tokens", completionTokens)
          .put("total_tokens", promptTokens + completionTokens);
    }
  }

  /** A choice begins. */
  void begin(int index);

  /** More of the choice that was begun last; returns whether the client still takes it. */
  boolean add(int index, String text, Optional<List<ScoredToken>> scores);

  /** The choice is complete. */
  void finish(int index, String reason);

  /** All choices are. */
  void complete(Usage usage);

  /** What every object of an answer begins with. */
  record Envelope(AnswerFormat format, String id, long created, String model) {

    static Envelope of(AnswerFormat format, String model) {
      return new Envelope(
          format, format.idPrefix() + UUID.randomUUID(), Instant.now().getEpochSecond(), model);
    }

    ObjectNode json(boolean chunk) {
      return JsonNodeFactory.instance
          .objectNode()
          .put("id", id)
          .put("object", format.objectName(chunk))
          .put("created", created)
          .put("model", model);
    }
  }

  /** Everything at the end, in one object. */
  final class Whole implements Answer {

    private final Exchange exchange;
    private final Envelope envelope;
    private final ArrayNode choices = JsonNodeFactory.instance.arrayNode();
    private final StringBuilder text = new StringBuilder();
    private final List<ScoredToken> scores = new ArrayList<>();
    private boolean scored;

    Whole(Exchange exchange, Envelope envelope) {
      this.exchange = exchange;
      this.envelope = envelope;
    }

    @Override
    public void begin(int index) {
      text.setLength(0);
      scores.clear();
      scored = false;
    }

    @Override
    public boolean add(int index, String part, Optional<List<ScoredToken>> more) {
      text.append(part);
      more.ifPresent(scores::addAll);
      scored |= more.isPresent();
      return true;
    }

    @Override
    public void finish(int index, String reason) {
      choices.add(
          envelope
              .format()
              .choice(
                  index,
                  text.toString(),
                  scored ? Optional.of(List.copyOf(scores)) : Optional.empty())
              .put("finish_reason", reason));
    }

    @Override
    public void complete(Usage usage) {
      ObjectNode body = envelope.json(false);
      body.set("choices", choices);
      body.set("usage", usage.json());
      exchange.answer(200, body, Map.of());
    }
  }

  /** Events as the choices grow. */
  final class Streamed implements Answer {

    private final Exchange exchange;
    private final Envelope envelope;
    private final boolean includeUsage;

    Streamed(Exchange exchange, Envelope envelope, boolean includeUsage) {
      this.exchange = exchange;
      this.envelope = envelope;
      this.includeUsage = includeUsage;
    }

    @Override
    public void begin(int index) {
      if (!exchange.begun()) {
        exchange.beginEvents();
      }
      envelope.format().opening(index).ifPresent(this::send);
    }

    @Override
    public boolean add(int index, String text, Optional<List<ScoredToken>> scores) {
      if (text.isEmpty() && scores.map(List::isEmpty).orElse(true)) {
        return true;
      }
      return send(envelope.format().part(index, text, scores).putNull("finish_reason"));
    }

    @Override
    public void finish(int index, String reason) {
      send(envelope.format().ending(index).put("finish_reason", reason));
    }

    private boolean send(ObjectNode choice) {
      ObjectNode chunk = envelope.json(true);
      chunk.putArray("choices").add(choice);
      if (includeUsage) {
        chunk.putNull("usage");
      }
      return exchange.event(chunk);
    }

    @Override
    public void complete(Usage usage) {
      if (includeUsage) {
        ObjectNode chunk = envelope.json(true);
        chunk.putArray("choices");
        chunk.set("usage", usage.json());
        exchange.event(chunk);
      }
      exchange.endEvents();
    }
  }
}
