package io.layerwatch.instrumentation.http;

import io.layerwatch.instrumentation.generate.Detokenizer;
import io.layerwatch.instrumentation.generate.StopMatcher;
import io.layerwatch.instrumentation.generate.TextGenerator;
import io.layerwatch.instrumentation.generate.TextGenerator.End;
import io.layerwatch.instrumentation.generate.TokenScore;
import io.layerwatch.instrumentation.http.GenerationRequest.Prompt;
import io.layerwatch.instrumentation.model.Tokenizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Turns the tokens of one choice into parts of its text that are certain, up to the first stop
 * string, each token's score coming with the text that the token begins. Belongs to the thread that
 * generates.
 */
final class ChoiceWriter implements TextGenerator.Listener {

  private final int index;
  private final GenerationRequest request;
  private final Prompt prompt;
  private final Tokenizer tokenizer;
  private final Answer answer;
  private final Watch watch;
  private final Detokenizer detokenizer;
  private final StopMatcher stops;

  /** Scores whose text is not out yet. */
  private final Deque<ScoredToken> pending = new ArrayDeque<>();

  private int tokens;

  /** Characters (code points) that tokens so far make up, and those that are out. */
  private int made;

  private int out;

  private boolean begun;

  /** What the request knows of the world outside. */
  interface Watch {

    /** Whether anybody still wants the text. */
    boolean isWanted();

    /** A choice's first token is there. */
    void firstToken();
  }

  /** Writes a choice. */
  ChoiceWriter(
      int index, GenerationRequest request, Tokenizer tokenizer, Answer answer, Watch watch) {
    this.index = index;
    this.request = request;
    this.prompt = request.prompts().get(index);
    this.tokenizer = tokenizer;
    this.answer = answer;
    this.watch = watch;
    this.detokenizer = new Detokenizer(tokenizer, ids(prompt.tokens()));
    this.stops = new StopMatcher(request.stops());
  }

  private static int[] ids(List<Integer> tokens) {
    return tokens.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public void prefilled(List<TokenScore> scores) {
    begun = true;
    answer.begin(index);
    if (request.echo()) {
      echo(scores);
    }
  }

  private void echo(List<TokenScore> scores) {
    if (request.alternatives().isPresent()) {
      Detokenizer before = new Detokenizer(tokenizer, new int[0]);
      for (int i = 0; i < prompt.tokens().size(); i++) {
        int token = prompt.tokens().get(i);
        pending.add(
            i == 0
                ? new ScoredToken(tokenizer.decodeOne(token), OptionalDouble.empty(), List.of(), 0)
                : scored(scores.get(i - 1)));
        made += characters(before.add(token));
      }
    }
    String text = prompt.text().orElseGet(() -> tokenizer.decode(prompt.tokens()));
    made = characters(text);
    release(text, true);
  }

  @Override
  public boolean generated(int token, Optional<TokenScore> score) {
    if (tokens++ == 0) {
      watch.firstToken();
    }
    score.ifPresent(known -> pending.add(scored(known)));
    String text = detokenizer.add(token);
    made += characters(text);
    boolean taken = release(stops.add(text), false);
    return taken && !stops.stopped() && watch.isWanted();
  }

  /** Writes what is left, unless nobody wants it. */
  void finish(End end) {
    String rest = stops.add(detokenizer.end());
    release(rest + stops.end(), !stops.stopped());
    answer.finish(index, stops.stopped() || end == End.MODEL ? "stop" : "length");
  }

  /** Whether the prompt has passed through the model. */
  boolean hasBegun() {
    return begun;
  }

  /** Whether a stop string ended the choice, rather than the client. */
  boolean stopped() {
    return stops.stopped();
  }

  /** Tokens generated so far. */
  int tokens() {
    return tokens;
  }

  private ScoredToken scored(TokenScore score) {
    return new ScoredToken(
        tokenizer.decodeOne(score.token()),
        OptionalDouble.of(score.logProbability()),
        score.alternatives().stream()
            .map(
                other ->
                    new ScoredToken.Alternative(
                        tokenizer.decodeOne(other.token()), other.logProbability()))
            .toList(),
        made);
  }

  private boolean release(String text, boolean everyScore) {
    out += characters(text);
    if (request.alternatives().isEmpty()) {
      return answer.add(index, text, Optional.empty());
    }
    List<ScoredToken> scores = new ArrayList<>();
    while (!pending.isEmpty() && (everyScore || pending.peek().offset() < out)) {
      scores.add(pending.remove());
    }
    return answer.add(index, text, Optional.of(scores));
  }

  private static int characters(String text) {
    return text.codePointCount(0, text.length());
  }
}
