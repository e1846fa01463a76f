package io.layerwatch.dashboards;

import java.util.List;

/**
 * Panels under one heading.
 *
 * @param panels in reading order
 */
record Row(String title, List<Panel> panels) {

  Row {
    panels = List.copyOf(panels);
  }

  static Row of(String title, Panel... panels) {
    return new Row(title, List.of(panels));
  }
}
