package io.layerwatch.recommender.read;

import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.PruningReview;
import io.layerwatch.analysis.pruning.PruningReview.Decision;
import io.layerwatch.runtime.topics.Topics;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What approving and discarding have in common: all but the decision. */
abstract class ReviewCommand implements Callable<Integer> {

  /** {@code layerwatch recommendations approve}. */
  @Command(
      name = "approve",
      mixinStandardHelpOptions = true,
      description =
          "Say that verified layers are to be removed, and wait until the recommendation says so.")
  static final class Approve extends ReviewCommand {
    Approve() {
      super(Decision.APPROVED);
    }
  }

  /** {@code layerwatch recommendations discard}. */
  @Command(
      name = "discard",
      mixinStandardHelpOptions = true,
      description =
          "Say that candidate or verified layers are to stay, and wait until the recommendation"
              + " says so. They are not proposed again while they score lowest.")
  static final class Discard extends ReviewCommand {
    Discard() {
      super(Decision.DISCARDED);
    }
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "NAME@REVISION",
      description = "Whose recommendation.")
  private String model;

  @Option(
      names = "--layers",
      split = ",",
      paramLabel = "LAYER",
      description =
          "The layers that the recommendation must name, 0-based, separated by commas; by default"
              + " those that it names now.")
  private List<Integer> layers = List.of();

  @Option(names = "--reviewer", required = true, paramLabel = "NAME", description = "Who says so.")
  private String reviewer;

  @Option(names = "--comment", paramLabel = "TEXT", description = "Why.")
  private Optional<String> comment;

  @Option(
      names = "--timeout",
      defaultValue = "30s",
      paramLabel = "TIME",
      description =
          "How long all of it may take, until a recommender has it; default ${DEFAULT-VALUE}.")
  private String timeout;

  @Mixin private Connection connection;

  private final Decision decision;

  ReviewCommand(Decision decision) {
    this.decision = decision;
  }

  @Override
  public Integer call() {
    refuseOptionsBefore();
    ReviewPlan plan =
        ReviewPlan.of(
            new ReviewPlan.Given(model, layers, decision, reviewer, comment.orElse(""), timeout),
            connection::settings,
            Instant.now().truncatedTo(ChronoUnit.MILLIS));
    Waiting waiting = new Waiting(plan.settings(), plan.timeout(), this::say);
    PruningRecommendation reviewed = waiting.until(() -> review(plan, waiting));
    PrintWriter out = spec.commandLine().getOut();
    out.println(reviewed.model() + "  " + reviewed.state().describe());
    out.flush();
    return 0;
  }

  private static PruningRecommendation review(ReviewPlan plan, Waiting waiting) {
    Map<String, Object> kafka = plan.settings().kafka();
    try (Topics topics = Topics.of(plan.settings());
        RecommendationReader reader =
            RecommendationReader.open(topics, kafka, waiting.forAnAnswer())) {
      waiting.on(reader.addresses());
      reader.readToEnd();
      String key = plan.review().model().key();
      PruningRecommendation current = reader.current().get(key);
      if (current == null) {
        throw RecommendationsCommand.unknown(key, reader.current());
      }
      Reviewing reviewing = new Reviewing(topics, kafka, reader);
      PruningReview review = plan.reviewOf(current);
      reviewing.check(current, review);
      reviewing.send(review);
      waiting.on("a recommender");
      return reviewing
          .await(review, waiting)
          .orElseThrow(() -> reviewing.late(review, plan.timeout()));
    }
  }

  private void say(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(spec.name() + ": " + line);
    err.flush();
  }

  /** They would be the listing's, and so go unheard. */
  private void refuseOptionsBefore() {
    var before = spec.parent().commandLine().getParseResult().matchedOptions();
    if (!before.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          before.get(0).longestName() + ": expected behind " + spec.name() + ", got it before");
    }
  }
}
