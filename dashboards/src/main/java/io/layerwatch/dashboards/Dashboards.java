package io.layerwatch.dashboards;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All dashboards, and the files that they are imported from. */
public final class Dashboards {

  private static final List<Dashboard> ALL =
      List.of(
          LayersDashboard.of(),
          DriftDashboard.of(),
          RecommendationsDashboard.of(),
          PipelineDashboard.of());

  private static final ObjectWriter WRITER = new ObjectMapper().writer(printer());

  private Dashboards() {}

  /** Texts of the JSON files by their names, the same whenever they are asked for. */
  public static Map<String, String> files() {
    Map<String, String> files = new TreeMap<>();
    for (Dashboard dashboard : ALL) {
      try {
        files.put(
            dashboard.name() + ".json", WRITER.writeValueAsString(dashboard.json(ALL)) + "\n");
      } catch (JsonProcessingException e) {
        throw new UncheckedIOException(e);
      }
    }
    return files;
  }

  private static DefaultPrettyPrinter printer() {
    DefaultIndenter lines = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter(
            Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER));
    printer.indentArraysWith(lines);
    printer.indentObjectsWith(lines);
    return printer;
  }
}
