package io.layerwatch.instrumentation.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.model.LanguageModel;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An evaluation in words: a table for people, JSON for programs. */
final class EvaluationReport {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final LanguageModel model;
  private final EvaluationTask task;
  private final Optional<List<Integer>> dropped;
  private final Tally full;
  private final List<Measure> measures;

  /**
   * A report.
   *
   * @param dropped the layers that were left out; empty where only the full model was evaluated
   * @param tallies the full model's, and the pruned one's if there is one
   */
  EvaluationReport(
      LanguageModel model,
      EvaluationTask task,
      Optional<List<Integer>> dropped,
      List<Tally> tallies) {
    this.model = model;
    this.task = task;
    this.dropped = dropped;
    this.full = tallies.get(0);
    this.measures =
        Measure.of(
            task,
            new Measure.Results(
                dropped.orElse(List.of()),
                full,
                dropped.isPresent() ? Optional.of(tallies.get(1)) : Optional.empty()));
  }

  String table() {
    StringBuilder text = new StringBuilder();
    text.append(
        "%s: %d layers, %s of %d %s, %d predicted tokens%n"
            .formatted(
                model.id(),
                model.config().layerCount(),
                task.id(),
                full.examples(),
                task.unit(),
                full.right().tokens()));
    dropped.ifPresent(
        layers ->
            text.append(
                "without %s%n"
                    .formatted(
                        layers.isEmpty()
                            ? "nothing"
                            : layers.stream()
                                .map(String::valueOf)
                                .collect(Collectors.joining(", ", "layers ", "")))));
    text.append(
        "%n%-24s %10s%s%n"
            .formatted("", "full", dropped.map(layers -> "     pruned  pruned/full").orElse("")));
    measures.stream()
        .filter(measure -> measure.full().isPresent() || dropped.isPresent())
        .forEach(measure -> text.append(row(measure)));
    return text.toString();
  }

  private String row(Measure measure) {
    String row = "%-24s %10s".formatted(measure.label(), shown(measure.full()));
    return dropped
        .map(
            layers ->
                "%s %10s %12s%s%n"
                    .formatted(
                        row,
                        shown(measure.pruned()),
                        shown(measure.ratio()),
                        margin(measure.ratioError())))
        .orElseGet(() -> row + System.lineSeparator());
  }

  /** Two standard errors. */
  private static String margin(OptionalDouble error) {
    return error.stream()
        .filter(Double::isFinite)
        .mapToObj(known -> String.format(Locale.ROOT, " ± %.4f", 2 * known))
        .findAny()
        .orElse("");
  }

  private static String shown(OptionalDouble value) {
    return value.isEmpty() ? "-" : String.format(Locale.ROOT, "%.4f", value.getAsDouble());
  }

  String json() {
    ObjectNode root = JSON.createObjectNode();
    root.put("model", model.id().name());
    root.put("revision", model.id().revision());
    root.put("layerCount", model.config().layerCount());
    root.put("task", task.id());
    root.put("examples", full.examples());
    root.put("tokens", full.right().tokens());
    root.set("full", values(Measure::full));
    root.putNull("droppedLayers").putNull("pruned").putNull("ratios").putNull("ratioErrors");
    dropped.ifPresent(
        layers -> {
          layers.forEach(root.putArray("droppedLayers")::add);
          root.set("pruned", values(Measure::pruned));
          root.set("ratios", values(Measure::ratio));
          root.set("ratioErrors", values(Measure::ratioError));
        });
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Numbers by key; null is one that JSON cannot write, an infinite one. */
  private ObjectNode values(Function<Measure, OptionalDouble> read) {
    ObjectNode node = JSON.createObjectNode();
    for (Measure measure : measures) {
      read.apply(measure)
          .ifPresent(
              value ->
                  node.set(
                      measure.key(),
                      Double.isFinite(value) ? node.numberNode(value) : node.nullNode()));
    }
    return node;
  }
}
