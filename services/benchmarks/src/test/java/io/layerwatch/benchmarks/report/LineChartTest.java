package io.layerwatch.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.layerwatch.benchmarks.report.LineChart.Line;
import io.layerwatch.benchmarks.report.LineChart.Point;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class LineChartTest {

  private static final Line RATE =
      new Line(
          "keys < 9",
          true,
          List.of(
              new Point(1_000, 40, 30, 50),
              new Point(10_000, 20, 20, 30),
              new Point(100_000, 40, 40, 50)));

  @Test
  void decadesAreAsFarApartAndValuesAsHigh() throws Exception {
    Document chart = parse(new LineChart("rate", "keys", "per second", true, List.of(RATE)));

    NodeList points = chart.getElementsByTagName("circle");
    assertThat(at(points, 2, "cx") - at(points, 1, "cx"))
        .isCloseTo(at(points, 1, "cx") - at(points, 0, "cx"), within(0.2));
    assertThat(at(points, 0, "cy")).isEqualTo(at(points, 2, "cy")).isLessThan(at(points, 1, "cy"));
    assertThat(texts(chart)).contains("keys", "per second", "1,000", "100,000", "0");
    assertThat(chart.getElementsByTagName("desc").item(0).getTextContent())
        .isEqualTo("keys < 9: 40 at 1,000, 20 at 10,000, 40 at 100,000");
  }

  @Test
  void labelsOfLinesThatEndTogetherStandApart() throws Exception {
    Line other = new Line("fit", true, List.of(Point.of(0, 1), Point.of(100_000, 40)));
    Document chart = parse(new LineChart("rate", "keys", "s", false, List.of(RATE, other)));

    assertThat(Math.abs(heightOf("fit", chart) - heightOf("keys < 9", chart)))
        .isGreaterThanOrEqualTo(16);
    assertThat(chart.getElementsByTagName("polyline").getLength()).isEqualTo(2);
  }

  private static double at(NodeList elements, int number, String attribute) {
    return Double.parseDouble(((Element) elements.item(number)).getAttribute(attribute));
  }

  private static List<String> texts(Document chart) {
    return elements(chart).stream().map(Element::getTextContent).toList();
  }

  private static double heightOf(String text, Document chart) {
    return elements(chart).stream()
        .filter(element -> element.getTextContent().equals(text))
        .mapToDouble(element -> Double.parseDouble(element.getAttribute("y")))
        .findFirst()
        .orElseThrow();
  }

  private static List<Element> elements(Document chart) {
    NodeList texts = chart.getElementsByTagName("text");
    return java.util.stream.IntStream.range(0, texts.getLength())
        .mapToObj(number -> (Element) texts.item(number))
        .toList();
  }

  private static Document parse(LineChart chart) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(chart.svg().getBytes(StandardCharsets.UTF_8)));
  }
}
