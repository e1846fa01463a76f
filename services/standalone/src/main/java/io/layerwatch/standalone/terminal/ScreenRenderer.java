package io.layerwatch.standalone.terminal;

import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.RecommendationState;
import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.recommender.live.Snapshot;
import io.layerwatch.recommender.read.AdviceLines;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Draws a snapshot as the rows of a screen. What the screen is about is always on it: the window,
 * the advice in words, the addresses and, as far as they fit, the layers, those of the advice
 * first. What is left of the height goes to empty rows and to what stands behind the advice.
 */
final class ScreenRenderer {

  private static final String ADVICE = "pruning advice  ";
  private static final int EMPTY_ROWS = 3;
  private static final int HANGING = 2;

  private final Palette palette;
  private final DateTimeFormatter time;

  ScreenRenderer(Palette palette, ZoneId zone) {
    this.palette = palette;
    this.time = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(zone);
  }

  /** What is not in the topics. */
  record Surroundings(
      String serving,
      String endpoint,
      Optional<String> page,
      String metrics,
      String kafka,
      String registry) {}

  List<String> render(Snapshot snapshot, Surroundings around, int width, int height) {
    Optional<RecommendationState> state =
        snapshot.recommendation().map(PruningRecommendation::state);
    List<String> header = header(snapshot, around, width);
    List<String> advice = advice(state, width);
    List<List<String>> details = details(state, width);
    List<String> footer = footer(around);
    int room = height - header.size() - advice.size() - footer.size();
    // At least one row says that there is more behind the advice.
    int forLayers = details.isEmpty() ? room : room - 1;
    List<String> layers =
        snapshot
            .scores()
            .map(
                scores ->
                    new LayerTable(
                            palette,
                            scores,
                            state.map(AdviceLines::marked).orElse(List.of()),
                            snapshot.trends(),
                            width)
                        .rows(forLayers))
            .orElse(List.of());
    room -= layers.size();
    int wanted = details.stream().mapToInt(List::size).sum();
    int spare = wanted <= room ? room - wanted : room / 2;
    int empty = Math.max(0, Math.min(EMPTY_ROWS, spare));

    List<String> rows = new ArrayList<>(header);
    addEmpty(rows, empty == EMPTY_ROWS && !layers.isEmpty());
    rows.addAll(layers);
    addEmpty(rows, empty > 0);
    rows.addAll(advice);
    rows.addAll(fitting(details, room - empty));
    addEmpty(rows, empty > 1);
    rows.addAll(footer);
    return rows.stream().map(row -> Rows.cut(row, width)).toList();
  }

  private static void addEmpty(List<String> rows, boolean wanted) {
    if (wanted) {
      rows.add("");
    }
  }

  private List<String> header(Snapshot snapshot, Surroundings around, int width) {
    if (snapshot.scores().isEmpty()) {
      return List.of(
          palette.strong("layerwatch") + "  waiting for the first window to close …",
          palette.faint(around.serving()));
    }
    ModelScores scores = snapshot.scores().get();
    List<String> rows =
        new ArrayList<>(
            Rows.flow(
                List.of(
                    palette.strong("layerwatch"),
                    palette.accent(scores.model().key()),
                    window(scores, snapshot.windows())),
                width));
    scores.incompleteReason().stream()
        .flatMap(why -> Rows.wrap("incomplete: " + why, width, 0).stream())
        .map(palette::alert)
        .forEach(rows::add);
    snapshot
        .drifting()
        .forEach(
            (score, layers) ->
                Rows.wrap("drift: " + score + " of layers " + layers, width, 0).stream()
                    .map(palette::alert)
                    .forEach(rows::add));
    Rows.wrap(subtitle(scores, around), width, 0).stream().map(palette::faint).forEach(rows::add);
    return rows;
  }

  private String window(ModelScores scores, int number) {
    return "window "
        + number
        + ", "
        + time.format(scores.window().start())
        + "–"
        + time.format(scores.window().end());
  }

  private static String subtitle(ModelScores scores, Surroundings around) {
    return String.format(
        Locale.ROOT,
        "%d tokens from %d instance%s at %s, sparsity below %s; %s",
        scores.tokens(),
        scores.instances().size(),
        scores.instances().size() == 1 ? "" : "s",
        scores.site(),
        scores.sparsityThreshold(),
        around.serving());
  }

  /** Where the advice stands, in words. */
  private List<String> advice(Optional<RecommendationState> state, int width) {
    List<String> words =
        Rows.wrap(
            state.map(RecommendationState::describe).orElse("no window yet"),
            width - ADVICE.length(),
            0);
    boolean unmeasured = state.filter(Candidate.class::isInstance).isPresent();
    List<String> rows = new ArrayList<>();
    for (String row : words) {
      rows.add(
          (rows.isEmpty() ? palette.strong(ADVICE.strip()) + "  " : " ".repeat(ADVICE.length()))
              + (unmeasured ? palette.warn(row) : row));
    }
    return rows;
  }

  /** What stands behind it: each line in its rows. */
  private List<List<String>> details(Optional<RecommendationState> state, int width) {
    return state.map(AdviceLines::of).orElse(List.of()).stream()
        .map(line -> Rows.wrap(" ".repeat(ADVICE.length()) + line, width, HANGING))
        .map(rows -> rows.stream().map(palette::faint).toList())
        .toList();
  }

  /** The first lines whose rows fit, and how many more there are. */
  private List<String> fitting(List<List<String>> details, int room) {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < details.size(); i++) {
      boolean last = i == details.size() - 1;
      if (rows.size() + details.get(i).size() > (last ? room : room - 1)) {
        rows.add(palette.faint(" ".repeat(ADVICE.length()) + more(details.size() - i)));
        return rows;
      }
      rows.addAll(details.get(i));
    }
    return rows;
  }

  private static String more(int lines) {
    return "… " + lines + " more line" + (lines == 1 ? "" : "s") + "; a taller terminal shows them";
  }

  private List<String> footer(Surroundings around) {
    return List.of(
        palette.faint(
            "API " + around.endpoint() + around.page().map(at -> "   page " + at).orElse("")),
        palette.faint("metrics " + around.metrics()),
        palette.faint("Kafka " + around.kafka() + "   registry " + around.registry()),
        palette.faint("Ctrl-C to stop"));
  }
}
