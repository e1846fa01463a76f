package io.layerwatch.instrumentation.prune;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.pruning.export.LayerRemoval;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/**
 * The model card after a removal: what was removed, then the card as it was. Its front matter, if
 * it has any, stays in front, where model hubs look for it.
 */
final class ModelCard {

  static final String FILE = "README.md";

  private static final String FENCE = "---";

  private ModelCard() {}

  /** Writes it; nothing where the model has none. */
  static void write(Path model, Path directory, ModelId from, LayerRemoval removal)
      throws IOException {
    Path card = model.resolve(FILE);
    if (!Files.exists(card)) {
      return;
    }
    // One character for each byte, whatever the encoding: what was there stays as it was.
    String before = Files.readString(card, StandardCharsets.ISO_8859_1);
    int begin = endOfFrontMatter(before);
    String section =
        new String(
            section(from, removal).getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    Files.writeString(
        directory.resolve(FILE),
        before.substring(0, begin)
            + (begin > 0 && before.charAt(begin - 1) != '\n' ? "\n" : "")
            + section
            + before.substring(begin),
        StandardCharsets.ISO_8859_1);
  }

  private static String section(ModelId from, LayerRemoval removal) {
    String layers =
        removal.removed().stream().map(String::valueOf).collect(Collectors.joining(","));
    return """
        # %s, pruned

        Removed from the %d layers of `%s`, counted from 0 as they are numbered there: %s, by

            layerwatch prune --model DIR --drop %s --output DIR

        Every weight that stays is the same to the bit; nothing was trained afterwards. `%s` says it for programs. The card of that model follows: its figures are those of the model before.

        ---

        """
        .formatted(
            from.name(),
            removal.layerCount(),
            from.key(),
            layers.replace(",", ", "),
            layers,
            PrunedCheckpoint.RECORD);
  }

  /** Where the text begins: behind two lines of three dashes, if the first of them is the first. */
  private static int endOfFrontMatter(String card) {
    int line = 0;
    boolean inside = false;
    while (line < card.length()) {
      int end = card.indexOf('\n', line);
      int next = end < 0 ? card.length() : end + 1;
      boolean fence = card.substring(line, next).stripTrailing().equals(FENCE);
      if (fence && inside) {
        return next;
      }
      if (!fence && !inside) {
        return 0;
      }
      inside = true;
      line = next;
    }
    return 0;
  }
}
