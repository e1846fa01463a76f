package io.layerwatch.instrumentation.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against Python's Jinja (src/test/resources/jinja/README.md), and what a template cannot do. */
class TemplateTest {

  private static JsonNode cases() throws IOException {
    return new ObjectMapper().readTree(Path.of("src/test/resources/jinja/cases.json").toFile());
  }

  static Stream<Arguments> rendered() throws IOException {
    return cases()
        .path("cases")
        .valueStream()
        .map(one -> Arguments.of(one.path("template").asText(), one.path("expected").asText()));
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void templatesRenderAsPythonsJinjaRendersThem(String template, String expected)
      throws IOException {
    Map<String, Object> variables = new LinkedHashMap<>();
    cases()
        .path("variables")
        .properties()
        .forEach(v -> variables.put(v.getKey(), value(v.getValue())));
    assertThat(Template.parse(template).render(variables)).isEqualTo(expected);
  }

  private static Object value(JsonNode json) {
    if (json.isTextual()) {
      return json.asText();
    }
    if (json.isBoolean()) {
      return json.asBoolean();
    }
    if (json.isNumber()) {
      return json.isIntegralNumber() ? (Object) json.asLong() : (Object) json.asDouble();
    }
    if (json.isArray()) {
      List<Object> items = new ArrayList<>();
      json.forEach(item -> items.add(value(item)));
      return items;
    }
    Map<String, Object> entries = new LinkedHashMap<>();
    json.properties().forEach(entry -> entries.put(entry.getKey(), value(entry.getValue())));
    return json.isNull() ? Template.none() : entries;
  }

  @Test
  void aTemplateRefusesByRaisingAnException() {
    assertThatThrownBy(() -> render("{{ raise_exception('roles must ' + 'alternate') }}"))
        .isInstanceOf(JinjaException.Raised.class)
        .hasMessage("roles must alternate");
  }

  @Test
  void datesComeFromTheClock() {
    Clock clock = Clock.fixed(Instant.parse("2024-07-05T08:09:00Z"), ZoneOffset.UTC);
    assertThat(Template.parse("{{ strftime_now('%d %b %Y %H:%M') }}", clock).render(Map.of()))
        .isEqualTo("05 Jul 2024 08:09");
  }

  /** Nothing of the JVM can be named: what is no entry and no method of Python's is undefined. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ text.getClass() }}",
        "{{ text.class.forName('java.lang.Runtime') }}",
        "{{ list.stream() }}",
        "{{ map.put('a', 1) }}",
        "{{ list.append(1) }}",
        "{{ text.__class__.__mro__ }}",
        "{{ range.__globals__['x'] }}",
        "{{ ''.repeat(9) }}",
        "{{ java.lang.Runtime }}"
      })
  void aTemplateCannotReachIntoTheJvm(String template) {
    assertThatThrownBy(
            () ->
                Template.parse(template)
                    .render(Map.of("text", "t", "list", List.of("a"), "map", Map.of("k", "v"))))
        .isInstanceOf(JinjaException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% macro f(n) %}{% for i in [1,2] %}{{ f(n) }}{% endfor %}{% endmacro %}{{ f(1) }}",
        "{{ range(100000000) }}",
        "{{ 'x' * 1000000000 }}",
        "{% set ns = namespace(s='xx') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}"
            + "{% endfor %}",
        "{% set ns = namespace(s=[1]) %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}"
            + "{% endfor %}",
        "{% set ns = namespace(s='xx') %}{% for i in range(60) %}"
            + "{% set ns.s = ns.s | replace('x', 'xxxx') %}{% endfor %}"
      })
  void aTemplateCannotRunForEver(String template) {
    Instant start = Instant.now();
    assertThatThrownBy(() -> render(template)).isInstanceOf(JinjaException.class);
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void nestingIsBounded() {
    for (String deep : List.of("(", "[", "-", "not ", "a[", "{'a':", "1 if 1 else ")) {
      assertThatThrownBy(() -> Template.parse("{{ " + deep.repeat(20_000)))
          .isInstanceOf(JinjaException.class);
    }
    assertThatThrownBy(() -> Template.parse("{% if a %}".repeat(20_000)))
        .isInstanceOf(JinjaException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{% if a %}; line 1: expected one of [",
        "{{ a; line 1: expected }}",
        "{{ a b }}; line 1: expected }}, got b",
        "{{ a | nosuch }}; | nosuch: expected one of [",
        "{{ a is nosuch }}; is nosuch: expected a test that Jinja has",
        "{% include 'x' %}; {% include %}: expected a tag that chat templates use",
        "{{ ? }}; line 1: unexpected character"
      })
  void whatCannotBeParsedIsToldWithItsLine(String template, String message) {
    assertThatThrownBy(() -> Template.parse(template))
        .isInstanceOf(JinjaException.class)
        .hasMessageStartingWith(message.strip());
  }

  private static String render(String template) {
    return Template.parse(template).render(Map.of());
  }
}
