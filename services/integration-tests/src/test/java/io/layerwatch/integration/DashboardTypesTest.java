package io.layerwatch.integration;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboards' JSON is of the types that Grafana publishes, panels and their options too. */
class DashboardTypesTest {

  @TempDir private Path directory;

  @Test
  void dashboardsAreOfGrafanasTypes() throws Exception {
    String dashboards = Repository.root().resolve("dashboards").toString();
    NodeProject.ofDashboards(directory).test("check.js", 2, Map.of("DASHBOARDS", dashboards));
  }
}
