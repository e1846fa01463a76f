package io.layerwatch.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.benchmarks.report.BarChart.Bar;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class BarChartTest {

  @Test
  void barsAreAsLongAsTheirValuesAndSayThem() throws Exception {
    Document chart =
        parse(
            new BarChart("a < b", "s", List.of(new Bar("x & y", 1, 2), new Bar("z", 4, 4))).svg());

    var bars = chart.getElementsByTagName("rect");
    assertThat(width((Element) bars.item(1))).isEqualTo(4 * width((Element) bars.item(0)));
    assertThat(chart.getElementsByTagName("title").item(0).getTextContent()).isEqualTo("a < b");
    assertThat(chart.getElementsByTagName("desc").item(0).getTextContent())
        .isEqualTo("x & y: 1.00–2.00 s; z: 4.00 s");
  }

  private static double width(Element bar) {
    return Double.parseDouble(bar.getAttribute("width"));
  }

  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }
}
