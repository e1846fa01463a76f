package io.layerwatch.instrumentation.evaluate;

import io.layerwatch.instrumentation.DropOption;
import io.layerwatch.instrumentation.OfflineOptions;
import io.layerwatch.instrumentation.OfflineOptions.Format;
import io.layerwatch.instrumentation.PromptLine.InvalidPromptsException;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.runtime.process.Progress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code layerwatch evaluate}: what a model can do, as it is and without some of its layers. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description =
        "Measure how well a model predicts a text, answers or labels, without Kafka; with --drop"
            + " also without some of its layers, side by side.")
public final class EvaluateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private OfflineOptions options;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "A text, or a .jsonl file with an example of the task a line.")
  private Path data;

  @Option(
      names = "--task",
      paramLabel = "TASK",
      description =
          "language-modeling, answer-likelihood, multiple-choice or classification; by default what"
              + " the first line is for.")
  private Optional<String> taskName;

  @Option(
      names = "--drop",
      paramLabel = "LAYERS",
      description = "Layers to leave out, 0-based, such as 3,7.")
  private Optional<String> drop;

  @Option(
      names = "--sequence-tokens",
      paramLabel = "N",
      description = "Tokens to which a text is cut; default: the model's context.")
  private Optional<Integer> sequenceTokens;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Take only the first sequences, or lines of a task with answers.")
  private Optional<Integer> limit;

  @Override
  public Integer call() {
    options.configure();
    Optional<List<Integer>> dropped = drop.map(this::layers);
    EvaluationTask task = task();
    checkNumbers(task);
    List<Question> questions =
        task == EvaluationTask.LANGUAGE_MODELING ? List.of() : task.questions(data);
    PrintWriter out = spec.commandLine().getOut();
    try (LanguageModel model = options.load()) {
      dropped.ifPresent(layers -> DropOption.check(layers, model.config().layerCount(), spec));
      List<Example> examples =
          task == EvaluationTask.LANGUAGE_MODELING ? sequences(model) : examples(model, questions);
      TaskEvaluation evaluation =
          new TaskEvaluation(model, dropped.map(List::of).orElse(List.of()));
      run(evaluation, examples);
      EvaluationReport report = new EvaluationReport(model, task, dropped, evaluation.tallies());
      out.println(options.format() == Format.json ? report.json() : report.table());
      out.flush();
    }
    return 0;
  }

  private static void run(TaskEvaluation evaluation, List<Example> examples) {
    long tokens = examples.stream().mapToLong(Example::tokens).sum();
    try (Progress progress = Progress.of("evaluate", tokens, "tokens")) {
      for (Example example : examples) {
        evaluation.add(example);
        progress.advance(example.tokens());
      }
    }
  }

  private List<Example> sequences(LanguageModel model) {
    int context = model.config().contextLength();
    int length = sequenceTokens.orElse(context);
    MarkedTexts texts = new MarkedTexts(model.tokenizer());
    if (length > context || length < texts.shortest()) {
      throw options.wrong(
          "--sequence-tokens: expected %d to %d, got %d"
              .formatted(texts.shortest(), context, length));
    }
    return EvaluationText.read(data, model, length, limit()).stream().map(Example::of).toList();
  }

  private List<Example> examples(LanguageModel model, List<Question> questions) {
    MarkedTexts texts = new MarkedTexts(model.tokenizer());
    return questions.stream()
        .limit(limit())
        .map(question -> question.example(model, texts))
        .toList();
  }

  private long limit() {
    return limit.map(Integer::longValue).orElse(Long.MAX_VALUE);
  }

  private EvaluationTask task() {
    EvaluationTask task =
        taskName
            .map(
                name ->
                    EvaluationTask.of(name)
                        .orElseThrow(
                            () ->
                                options.wrong(
                                    "--task: expected one of %s, got %s"
                                        .formatted(EvaluationTask.ids(), name))))
            .orElseGet(() -> EvaluationTask.recognised(data));
    if (task != EvaluationTask.LANGUAGE_MODELING && !EvaluationText.isLines(data)) {
      throw new InvalidPromptsException(
          "%s: expected a .jsonl file for %s".formatted(data, task.id()));
    }
    return task;
  }

  private void checkNumbers(EvaluationTask task) {
    if (limit.isPresent() && limit.get() < 1) {
      throw options.wrong("--limit: expected 1 or more, got " + limit.get());
    }
    if (sequenceTokens.isPresent() && task != EvaluationTask.LANGUAGE_MODELING) {
      throw options.wrong("--sequence-tokens: expected none for " + task.id());
    }
  }

  /** An empty text is no layer. */
  private List<Integer> layers(String given) {
    return given.isBlank() ? List.of() : DropOption.layers(given, spec);
  }
}
