package io.layerwatch.standalone.terminal;

import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.score.ModelScores;
import java.io.PrintWriter;
import java.util.List;

/** Prints each closed window of a site, and each recommendation when it says something new. */
public final class PlainView implements View {

  private final String site;
  private final PrintWriter out;
  private int windows;
  private String last = "";

  public PlainView(String site, PrintWriter out) {
    this.site = site;
    this.out = out;
  }

  @Override
  public void on(ModelScores scores) {
    if (scores.site().equals(site) && scores.tokens() > 0) {
      windows++;
      print(PlainRenderer.window(scores, windows));
    }
  }

  @Override
  public void on(PruningRecommendation recommendation) {
    List<String> lines = PlainRenderer.recommendation(recommendation);
    // Newer evidence for the same advice is no news.
    boolean news = !lines.get(0).equals(last);
    last = lines.get(0);
    if (news) {
      print(lines);
    }
  }

  @Override
  public void on(LayerDrift drift) {
    if (drift.site().equals(site)) {
      print(List.of(PlainRenderer.drift(drift)));
    }
  }

  private void print(List<String> lines) {
    lines.forEach(out::println);
    out.flush();
  }

  @Override
  public void close() {
    out.flush();
  }
}
