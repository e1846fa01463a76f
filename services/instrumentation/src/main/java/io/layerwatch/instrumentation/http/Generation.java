package io.layerwatch.instrumentation.http;

import io.layerwatch.instrumentation.generate.TextGenerator;
import io.layerwatch.instrumentation.generate.TextGenerator.End;
import io.layerwatch.instrumentation.http.Answer.Usage;
import io.layerwatch.instrumentation.http.GenerationRequest.Prompt;
import io.layerwatch.instrumentation.model.InferenceStoppedException;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.SequenceProbe;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One request on its way through the model. However it ends, exactly one {@link Outcome} comes of
 * it: from the thread that runs it, or from whoever stopped it while it waited.
 */
final class Generation {

  private final GenerationRequest request;
  private final LanguageModel model;
  private final Supplier<SequenceProbe> probes;
  private final Answer answer;
  private final RequestMetrics metrics;
  private final Consumer<Outcome> onEnd;
  private final long received = System.nanoTime();
  private final AtomicReference<Optional<Stop>> stop = new AtomicReference<>(Optional.empty());
  private final AtomicReference<Optional<InferenceThreads<Generation>.Ticket>> ticket =
      new AtomicReference<>(Optional.empty());

  private final ChoiceWriter.Watch watch =
      new ChoiceWriter.Watch() {
        @Override
        public boolean isWanted() {
          return Generation.this.isWanted();
        }

        @Override
        public void firstToken() {
          metrics.observeFirstToken(secondsSince(received));
        }
      };

  /** Why a request ends before its text does. */
  enum Stop {
    CLIENT_GONE,
    TIME_LIMIT,
    SHUTDOWN
  }

  /** How a request ended. */
  sealed interface Outcome {

    /** The client has its answer. */
    record Answered() implements Outcome {}

    /** Stopped on the way. */
    record Stopped(Stop reason) implements Outcome {}

    /** Something is broken. */
    record Failed(Throwable error) implements Outcome {}
  }

  /**
   * A request to be run.
   *
   * @param onEnd takes the outcome, once
   */
  Generation(
      GenerationRequest request,
      LanguageModel model,
      Supplier<SequenceProbe> probes,
      Answer answer,
      RequestMetrics metrics,
      Consumer<Outcome> onEnd) {
    this.request = request;
    this.model = model;
    this.probes = probes;
    this.answer = answer;
    this.metrics = metrics;
    this.onEnd = onEnd;
  }

  /** Gets in line; returns whether there was room. */
  boolean submitTo(InferenceThreads<Generation> threads) {
    Optional<InferenceThreads<Generation>.Ticket> admitted = threads.submit(this);
    ticket.set(admitted);
    // Whoever stopped it before the ticket was known could not give the place back.
    stop.get().ifPresent(reason -> giveBack());
    return admitted.isPresent();
  }

  /** Stops it soon, wherever it is; the first reason counts. */
  void stop(Stop reason) {
    if (stop.compareAndSet(Optional.empty(), Optional.of(reason))) {
      giveBack();
    }
  }

  private void giveBack() {
    if (ticket.get().map(InferenceThreads<Generation>.Ticket::cancel).orElse(false)) {
      onEnd.accept(new Outcome.Stopped(stop.get().orElseThrow()));
    }
  }

  /** Whether nobody has stopped it. */
  boolean isWanted() {
    return stop.get().isEmpty();
  }

  /** Whether all that it needs of the model is that its prompts pass through. */
  boolean isPrefillOnly() {
    boolean scoresPrompt = request.echo() && request.alternatives().isPresent();
    return request.limit().equals(OptionalInt.of(0)) && !scoresPrompt;
  }

  List<List<Integer>> prompts() {
    return request.prompts().stream().map(Prompt::tokens).toList();
  }

  /** It waits no longer. */
  void begin() {
    metrics.observeWait(secondsSince(received));
  }

  /** Passes it through the model and answers. */
  void run() {
    onEnd.accept(outcome(this::generate));
  }

  /**
   * Answers one that is prefill only, whose prompts have passed through the model.
   *
   * @param secondsPerToken that it took
   */
  void prefilled(double secondsPerToken) {
    prompts()
        .forEach(prompt -> metrics.countTokens(prompt.size(), 0, secondsPerToken * prompt.size()));
    onEnd.accept(outcome(this::answerPrefilled));
  }

  /** It failed before anything was answered. */
  void failed(Throwable error) {
    onEnd.accept(outcomeOf(error));
  }

  private Outcome outcome(Supplier<Usage> work) {
    try {
      answer.complete(model.use(work));
      return new Outcome.Answered();
    } catch (RuntimeException | Error e) {
      return outcomeOf(e);
    }
  }

  private Outcome outcomeOf(Throwable error) {
    if (error instanceof InferenceStoppedException) {
      return new Outcome.Stopped(stop.get().orElse(Stop.SHUTDOWN));
    }
    // What a stop interrupts may fail in its own way.
    return stop.get().<Outcome>map(Outcome.Stopped::new).orElse(new Outcome.Failed(error));
  }

  /** Everything that needs the model, its tokenizer too: none of it may be freed meanwhile. */
  private Usage generate() {
    TextGenerator generator = new TextGenerator(model);
    int promptTokens = 0;
    int generated = 0;
    for (int index = 0; index < request.prompts().size(); index++) {
      Prompt prompt = request.prompts().get(index);
      ChoiceWriter writer = new ChoiceWriter(index, request, model.tokenizer(), answer, watch);
      long start = System.nanoTime();
      try {
        requireWanted();
        End end =
            generator.generate(
                new TextGenerator.Request(
                    prompt.tokens(),
                    request.limit().orElse(Integer.MAX_VALUE),
                    request.sampling(),
                    request.alternatives(),
                    request.echo()),
                probes.get(),
                writer);
        if (end == End.LISTENER && !writer.stopped()) {
          requireWanted();
          // The client is there and does not read.
          stop(Stop.CLIENT_GONE);
          requireWanted();
        }
        writer.finish(end);
      } finally {
        if (writer.hasBegun()) {
          metrics.countTokens(prompt.tokens().size(), writer.tokens(), secondsSince(start));
        }
      }
      promptTokens += prompt.tokens().size();
      generated += writer.tokens();
    }
    return new Usage(promptTokens, generated);
  }

  private Usage answerPrefilled() {
    for (int index = 0; index < request.prompts().size(); index++) {
      requireWanted();
      ChoiceWriter writer = new ChoiceWriter(index, request, model.tokenizer(), answer, watch);
      writer.prefilled(List.of());
      writer.finish(End.LIMIT);
    }
    return new Usage(prompts().stream().mapToInt(List::size).sum(), 0);
  }

  private void requireWanted() {
    stop.get()
        .ifPresent(
            reason -> {
              throw new IllegalStateException("stopped: " + reason);
            });
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
