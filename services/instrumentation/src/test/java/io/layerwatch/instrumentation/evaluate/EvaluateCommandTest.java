package io.layerwatch.instrumentation.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.instrumentation.CommandRun;
import io.layerwatch.instrumentation.RandomCheckpoint;
import io.layerwatch.instrumentation.TinyCheckpoint;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import io.layerwatch.instrumentation.naive.FamilyCheckpoint;
import io.layerwatch.instrumentation.naive.NaiveDecoder;
import io.layerwatch.instrumentation.train.ByteTokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on a tiny random model, against loops over an independent forward pass. */
class EvaluateCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<Integer> DROPPED = Set.of(0, 2);

  @TempDir private static Path directory;
  private static Path model;
  private static NaiveDecoder naive;

  @BeforeAll
  static void writeModel() throws IOException {
    TinyCheckpoint checkpoint = new TinyCheckpoint(5, false);
    RandomCheckpoint files = new RandomCheckpoint(checkpoint.config(), 0);
    files.tensors().putAll(checkpoint.tensors());
    // Smaller logits than random ones, so that no distribution is next to certain.
    float[] head = files.tensors().get("lm_head.weight").values();
    for (int i = 0; i < head.length; i++) {
      head[i] /= 4;
    }
    model = files.write(directory.resolve("tiny"), TensorType.F32);
    naive = FamilyCheckpoint.naive(files);
  }

  @Test
  void aTextIsCutIntoSequencesThatAllBeginWithTheMark() throws IOException {
    String text = "To be, or not to be, that is the question: whether 'tis nobler\nin the mind";
    JsonNode json = json("text.txt", text, "--sequence-tokens", "20", "--drop", "2,0");
    assertThat(json.path("task").asText()).isEqualTo("language-modeling");
    NaiveMeasures full = new NaiveMeasures();
    NaiveMeasures pruned = new NaiveMeasures();
    int pieces = 0;
    for (int from = 0; from < text.length(); from += 19) {
      int[] ids = ids(text.substring(from, Math.min(text.length(), from + 19)));
      full.add(naive, Set.of(), 1, ids);
      pruned.add(naive, DROPPED, 1, ids);
      pieces++;
    }
    assertThat(json.path("examples").asInt()).isEqualTo(pieces);
    assertThat(json.path("tokens").asInt()).isEqualTo(text.length());
    assertPredictions(json, full, pruned);
  }

  @Test
  void linesAreSequences() throws IOException {
    JsonNode json =
        json(
            "lines.jsonl",
            "{\"text\": \"Hello\", \"other\": 1}\n\n{\"tokens\": [72, 101, 108]}",
            "--drop",
            "0,2");
    NaiveMeasures full = new NaiveMeasures().add(naive, Set.of(), 1, ids("Hello"));
    NaiveMeasures pruned = new NaiveMeasures().add(naive, DROPPED, 1, ids("Hello"));
    full.add(naive, Set.of(), 1, 72, 101, 108);
    pruned.add(naive, DROPPED, 1, 72, 101, 108);
    assertThat(json.path("examples").asInt()).isEqualTo(2);
    assertPredictions(json, full, pruned);
  }

  @Test
  void aLongLineIsCutAndALimitIsOfSequences() throws IOException {
    String line = "{\"text\": \"" + "a long line ".repeat(8) + "\"}";
    assertThat(json("long.jsonl", line).path("examples").asInt()).isEqualTo(3);
    JsonNode json = json("long.jsonl", line, "--limit", "2");
    assertThat(json.path("examples").asInt()).isEqualTo(2);
    assertThat(json.path("tokens").asInt()).isEqualTo(2 * (TinyCheckpoint.CONTEXT - 1));
    // Tokens as they are get no marks.
    String tokens = "{\"tokens\": [" + "7,".repeat(49) + "7]}";
    assertThat(json("long.jsonl", tokens).path("tokens").asInt()).isEqualTo(48);
  }

  @Test
  void answersAreScoredBehindTheirPrompts() throws IOException {
    JsonNode json =
        json(
            "answers.jsonl",
            "{\"prompt\": \"The capital is\", \"answer\": \" Rome\"}\n"
                + "{\"prompt\": \"\", \"answer\": \"I\"}",
            "--drop",
            "0,2");
    assertThat(json.path("task").asText()).isEqualTo("answer-likelihood");
    NaiveMeasures full = new NaiveMeasures().add(naive, Set.of(), 15, ids("The capital is Rome"));
    NaiveMeasures pruned = new NaiveMeasures().add(naive, DROPPED, 15, ids("The capital is Rome"));
    full.add(naive, Set.of(), 1, ids("I"));
    pruned.add(naive, DROPPED, 1, ids("I"));
    assertThat(json.path("examples").asInt()).isEqualTo(2);
    assertThat(json.path("tokens").asInt()).isEqualTo(6);
    assertPredictions(json, full, pruned);
  }

  @Test
  void anAnswerIsExactWhenEveryTokenIsTheMostLikely() throws IOException {
    // A prompt behind which the model writes what can stand in a text.
    String prompt =
        IntStream.range('A', 'z')
            .mapToObj(Character::toString)
            .filter(start -> greedy(start, 2).chars().allMatch(c -> c > ' ' && c < 127))
            .findFirst()
            .orElseThrow();
    String both = greedy(prompt, 2);
    String first = both.substring(0, 1);
    String wrong = both.charAt(1) == 'x' ? "y" : "x";
    JsonNode json =
        json(
            "exact.jsonl",
            line(prompt, both) + "\n" + line(prompt, first) + "\n" + line(prompt, first + wrong));
    assertThat(json.path("full").path("exactAnswers").asDouble()).isEqualTo(2 / 3.0);
    assertThat(json.path("full").path("accuracy").asDouble()).isEqualTo(4 / 5.0);
    assertThat(json.path("pruned").isNull()).isTrue();
  }

  /** What the naive model writes behind a prompt, as far as a token is a byte of ASCII. */
  private static String greedy(String prompt, int count) {
    String text = prompt;
    for (int i = 0; i < count; i++) {
      double[][] logits = naive.run(Set.of(), ids(text)).logits();
      int best = highest(logits[logits.length - 1]);
      text += best < 127 ? (char) best : '\u007f';
    }
    return text.substring(prompt.length());
  }

  private static String line(String prompt, String answer) {
    return JSON.createObjectNode().put("prompt", prompt).put("answer", answer).toString();
  }

  @Test
  void theLikeliestChoiceIsChosenBySumAndByMean() throws IOException {
    List<String> prompts = List.of("one", "two two", "three", "and four", "five", "six");
    List<String> choices = List.of(" a", "much longer", "bb", "on the way");
    List<double[]> sums = prompts.stream().map(one -> scores(Set.of(), one, choices)).toList();
    List<double[]> means = sums.stream().map(one -> means(one, choices)).toList();
    // Right by sum, by mean, and by neither, so that each way has its own share.
    int[] right = new int[prompts.size()];
    for (int i = 0; i < right.length; i++) {
      right[i] = i < 3 ? highest(sums.get(i)) : i < 5 ? highest(means.get(i)) : 0;
    }
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < right.length; i++) {
      lines.append(
          "{\"prompt\": \"%s\", \"choices\": [\" a\", \"much longer\", \"bb\", \"on the way\"], \"answer\": %d}%n"
              .formatted(prompts.get(i), right[i]));
    }
    JsonNode json = json("choices.jsonl", lines.toString(), "--drop", "0,2");
    assertThat(json.path("task").asText()).isEqualTo("multiple-choice");
    double bySum = share(sums, right);
    double byMean = share(means, right);
    assertThat(bySum).as("shows something").isNotEqualTo(byMean).isBetween(0.1, 0.9);
    assertThat(json.path("full").path("accuracy").asDouble()).isEqualTo(bySum);
    assertThat(json.path("full").path("normalizedAccuracy").asDouble()).isEqualTo(byMean);
    List<double[]> pruned = prompts.stream().map(one -> scores(DROPPED, one, choices)).toList();
    List<double[]> prunedMeans = pruned.stream().map(one -> means(one, choices)).toList();
    JsonNode less = json.path("pruned");
    assertThat(less.path("accuracy").asDouble()).isEqualTo(share(pruned, right));
    assertThat(less.path("normalizedAccuracy").asDouble()).isEqualTo(share(prunedMeans, right));
    assertThat(json.path("ratios").path("accuracy").asDouble())
        .isEqualTo(share(pruned, right) / bySum, within(1e-12));
  }

  private static double[] means(double[] sums, List<String> choices) {
    double[] means = sums.clone();
    for (int i = 0; i < means.length; i++) {
      means[i] /= choices.get(i).length();
    }
    return means;
  }

  private static double share(List<double[]> scores, int[] right) {
    int correct = 0;
    for (int i = 0; i < right.length; i++) {
      correct += highest(scores.get(i)) == right[i] ? 1 : 0;
    }
    return (double) correct / right.length;
  }

  @Test
  void everyLabelOfTheFileIsACandidate() throws IOException {
    JsonNode json =
        json(
            "labels.jsonl",
            """
            {"text": "Fine. It was", "label": "good"}
            {"text": "Dull. It was\\n", "label": "bad"}
            {"text": "Well", "label": "so-so"}
            """,
            "--drop",
            "0,2");
    assertThat(json.path("task").asText()).isEqualTo("classification");
    List<String> spaced = List.of(" bad", " good", " so-so");
    for (boolean full : new boolean[] {true, false}) {
      Set<Integer> layers = full ? Set.of() : DROPPED;
      double[] first = scores(layers, "Fine. It was", spaced);
      double[] second = scores(layers, "Dull. It was\n", List.of("bad", "good", "so-so"));
      double[] third = scores(layers, "Well", spaced);
      int right =
          (highest(first) == 1 ? 1 : 0)
              + (highest(second) == 0 ? 1 : 0)
              + (highest(third) == 2 ? 1 : 0);
      JsonNode got = json.path(full ? "full" : "pruned");
      assertThat(got.path("accuracy").asDouble()).isEqualTo(right / 3.0);
      assertClose(got.path("labelLogLikelihood"), (first[1] + second[0] + third[2]) / 3);
    }
  }

  private static double[] scores(Set<Integer> layers, String prompt, List<String> candidates) {
    return candidates.stream()
        .mapToDouble(
            candidate ->
                new NaiveMeasures()
                    .add(naive, layers, 1 + prompt.length(), ids(prompt + candidate))
                    .logLikelihood)
        .toArray();
  }

  private static int highest(double[] scores) {
    int highest = 0;
    for (int i = 1; i < scores.length; i++) {
      highest = scores[i] > scores[highest] ? i : highest;
    }
    return highest;
  }

  private static void assertPredictions(JsonNode json, NaiveMeasures full, NaiveMeasures pruned) {
    double tokens = full.tokens;
    JsonNode first = json.path("full");
    JsonNode second = json.path("pruned");
    assertClose(first.path("negativeLogLikelihood"), -full.logLikelihood / tokens);
    assertClose(first.path("perplexity"), Math.exp(-full.logLikelihood / tokens));
    assertThat(first.path("accuracy").asDouble()).isEqualTo(full.correct / tokens);
    assertClose(second.path("negativeLogLikelihood"), -pruned.logLikelihood / tokens);
    assertThat(second.path("accuracy").asDouble()).isEqualTo(pruned.correct / tokens);
    assertThat(second.path("topOneAgreement").asDouble()).isEqualTo(pruned.agreeing / tokens);
    assertClose(second.path("meanKullbackLeibler"), pruned.divergence / tokens);
    assertClose(
        json.path("ratios").path("perplexity"),
        Math.exp((full.logLikelihood - pruned.logLikelihood) / tokens));
    assertThat(json.path("ratios").path("accuracy").asDouble())
        .isEqualTo(full.correct == 0 ? 0 : (double) pruned.correct / full.correct, within(1e-12));
    if (full.correct > 0) {
      assertThat(json.path("ratioErrors").path("accuracy").asDouble())
          .isEqualTo(pruned.retainedError(full), within(1e-9));
    } else {
      assertThat(json.path("ratioErrors").path("accuracy").isNull()).isTrue();
    }
  }

  private static void assertClose(JsonNode actual, double expected) {
    assertThat(actual.isNumber()).isTrue();
    assertThat(actual.asDouble()).isCloseTo(expected, within(1e-5 * Math.abs(expected)));
  }

  @Test
  void keysAreStable() throws IOException {
    JsonNode alone = json("keys.jsonl", "{\"text\": \"Hello\"}");
    assertThat(alone.fieldNames())
        .toIterable()
        .containsExactly(
            "model",
            "revision",
            "layerCount",
            "task",
            "examples",
            "tokens",
            "full",
            "droppedLayers",
            "pruned",
            "ratios",
            "ratioErrors");
    assertThat(alone.path("full").fieldNames())
        .toIterable()
        .containsExactly("negativeLogLikelihood", "perplexity", "accuracy");
    assertThat(alone.path("droppedLayers").isNull()).isTrue();
    assertThat(alone.path("ratios").isNull()).isTrue();
    assertThat(alone.path("ratioErrors").isNull()).isTrue();
    JsonNode both = json("keys.jsonl", "{\"text\": \"Hello\"}", "--drop", "2,1");
    assertThat(both.path("droppedLayers")).hasToString("[1,2]");
    assertThat(both.path("pruned").fieldNames())
        .toIterable()
        .containsExactly(
            "negativeLogLikelihood",
            "perplexity",
            "accuracy",
            "topOneAgreement",
            "meanKullbackLeibler");
    assertThat(both.path("ratios").fieldNames())
        .toIterable()
        .containsExactly("perplexity", "accuracy");
    assertThat(both.path("ratioErrors")).as("of one sequence").hasToString("{\"accuracy\":null}");
  }

  @Test
  void droppingNothingChangesNothing() throws IOException {
    JsonNode json = json("nothing.jsonl", "{\"text\": \"To be or not\"}", "--drop", "");
    assertThat(json.path("droppedLayers")).hasToString("[]");
    for (String key : List.of("negativeLogLikelihood", "perplexity", "accuracy")) {
      assertThat(json.path("pruned").path(key)).isEqualTo(json.path("full").path(key));
    }
    assertThat(json.path("pruned").path("meanKullbackLeibler").asDouble(1)).isZero();
    assertThat(json.path("pruned").path("topOneAgreement").asDouble()).isEqualTo(1);
  }

  /** A layer whose weights are no numbers: without it, the model gives some again. */
  @Test
  void whatIsNotFiniteIsNullAndRetainsNothing() throws IOException {
    TinyCheckpoint tiny = new TinyCheckpoint(5, true);
    tiny.tensors().get("model.layers.1.mlp.down_proj.weight").values()[0] = Float.NaN;
    Path broken = tiny.write(directory.resolve("broken"), TensorType.F32);
    Path data = Files.writeString(directory.resolve("broken.jsonl"), "{\"text\": \"Hello\"}");
    CommandRun run =
        CommandRun.of(
            new EvaluateCommand(),
            List.of("--model=" + broken, "--data=" + data, "--drop=1", "--format=json"));
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode json = JSON.readTree(run.out());
    assertThat(json.path("full").path("negativeLogLikelihood").isNull()).isTrue();
    assertThat(json.path("full").path("accuracy").asDouble(1)).isZero();
    assertThat(json.path("pruned").path("negativeLogLikelihood").asDouble()).isPositive();
    assertThat(json.path("pruned").path("meanKullbackLeibler").isNull()).isTrue();
    assertThat(json.path("ratios").path("accuracy").asDouble(1)).isZero();
  }

  @Test
  void theTableShowsBothSideBySide() throws IOException {
    String line = "{\"text\": \"To be or not\"}";
    CommandRun alone = evaluate("table.jsonl", line);
    assertThat(alone.code()).as(alone.err()).isZero();
    assertThat(alone.out())
        .startsWith("tiny@")
        .contains(": 3 layers, language-modeling of 1 sequences, 12 predicted tokens")
        .doesNotContain("pruned", "KL");
    CommandRun both = evaluate("table.jsonl", line, "--drop", "1");
    assertThat(both.out()).contains("without layers 1\n", "pruned/full");
    assertThat(both.out().lines().filter(row -> row.matches(".*[0-9]\\.[0-9]{4}.*"))).hasSize(5);
    assertThat(both.err()).isEmpty();
  }

  @Test
  void aWrongLineIsOneSentenceWithItsPlace() throws IOException {
    String good = "{\"prompt\": \"a\", \"answer\": \"b\"}\n";
    assertFails(good + "{\"prompt\": \"a\"}", "data.jsonl:2: answer: expected a text that is not");
    assertFails(good + "{\"prompt\": 7, \"answer\": \"b\"}", ":2: prompt: expected a text, got 7");
    assertFails(good + "no", "data.jsonl:2: expected JSON");
    assertFails(
        "{\"prompt\": \"a\"",
        "data.jsonl:1: expected JSON: Unexpected end-of-input: expected close marker for Object"
            + " at column 15");
    assertFails(
        "{\"prompt\": \"a\", \"choices\": [\"b\", \"\"], \"answer\": 0}",
        ":1: choices: expected two texts or more that are not empty, got [\"b\",\"\"]");
    assertFails(
        "{\"prompt\": \"a\", \"choices\": [\"b\"], \"answer\": 0}",
        ":1: choices: expected two texts");
    assertFails(
        "{\"prompt\": \"a\", \"choices\": [\"b\", \"c\"], \"answer\": 2}",
        ":1: answer: expected an index from 0 to 1, got 2");
    assertFails(
        "{\"prompt\": \"a\", \"choices\": [\"b\", \"c\"], \"answer\": -1}",
        ":1: answer: expected an index from 0 to 1, got -1");
    assertFails(
        "{\"text\": \"a\", \"label\": \"b\"}\n{\"text\": \"a\", \"label\": 1}",
        ":2: label: expected a text that is not empty, got 1");
    assertFails(
        "{\"text\": \"a\", \"label\": \"b\"}",
        "data.jsonl: label: expected two labels or more in the file, got only [b]");
    assertFails(
        "{\"text\": \"a\"}\n{\"tokens\": [1, 999]}",
        "data.jsonl:2: tokens: expected token ids from 0 to 257, got 999");
    assertFails(
        "{\"prompt\": \"" + "x".repeat(47) + "\", \"answer\": \"b\"}",
        ":1: prompt and answer: expected at most 48 tokens, the model's context, got 49");
    assertFails("{\"tokens\": [3]}", "data.jsonl: expected a sequence of two tokens or more");
  }

  @Test
  void wrongUsageEndsWithTwo() throws IOException {
    assertUsage("--drop: expected layers from 0 to 2, got 3", "--drop", "3");
    assertUsage("--drop: expected a layer to be left, got all 3", "--drop", "0,1,2");
    for (String layers : List.of("1,1", "a", "1,", "1-2", "-1")) {
      assertUsage("--drop: expected layers from 0 on, each once, such as 3,7", "--drop=" + layers);
    }
    assertUsage("--task: expected one of language-modeling, ", "--task", "arithmetic");
    assertUsage("--limit: expected 1 or more, got 0", "--limit", "0");
    assertUsage("--threads: expected 1 or more, got 0", "--threads", "0");
    assertUsage("--sequence-tokens: expected 2 to 48, got 49", "--sequence-tokens", "49");
    assertUsage("--sequence-tokens: expected 2 to 48, got 1", "--sequence-tokens", "1");
    CommandRun outcome =
        evaluate("data.jsonl", "{\"prompt\": \"a\", \"answer\": \"b\"}", "--sequence-tokens", "20");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("--sequence-tokens: expected none for answer-likelihood");
  }

  @Test
  void aTaskGoesBeforeWhatTheFirstLineIsFor() throws IOException {
    String lines = "{\"text\": \"a b\", \"label\": \"c\"}";
    JsonNode json = json("task.jsonl", lines, "--task", "language-modeling");
    assertThat(json.path("task").asText()).isEqualTo("language-modeling");
    CommandRun outcome = evaluate("task.txt", "a text", "--task", "classification");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).contains("task.txt: expected a .jsonl file for classification");
  }

  private static int[] ids(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[bytes.length + 1];
    ids[0] = ByteTokenizer.START;
    for (int i = 0; i < bytes.length; i++) {
      ids[i + 1] = bytes[i] & 0xff;
    }
    return ids;
  }

  private static void assertFails(String lines, String message) throws IOException {
    CommandRun outcome = evaluate("data.jsonl", lines);
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).startsWith("layerwatch: ").contains(message).hasLineCount(1);
  }

  private static void assertUsage(String message, String... options) throws IOException {
    CommandRun outcome = evaluate("data.jsonl", "{\"text\": \"Hello\"}", options);
    assertThat(outcome.code()).as(message).isEqualTo(2);
    assertThat(outcome.err())
        .startsWith(message)
        .contains("Try 'evaluate --help'.")
        .hasLineCount(2);
  }

  private static JsonNode json(String name, String content, String... options) throws IOException {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of("--format", "json"));
    CommandRun outcome = evaluate(name, content, all.toArray(String[]::new));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return JSON.readTree(outcome.out());
  }

  private static CommandRun evaluate(String name, String content, String... options)
      throws IOException {
    Path data = Files.writeString(directory.resolve(name), content);
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(List.of("--model", model.toString(), "--data", data.toString()));
    return CommandRun.of(new EvaluateCommand(), arguments);
  }
}
