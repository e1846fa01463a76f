package io.layerwatch.scorer.size;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Every example on the page is what the calculator says. */
class SizingPageTest {

  private static final Path PAGE = Path.of("../../docs/sizing.md");
  private static final String COMMAND =
      "./mvnw verify -pl services/scorer -am -Dtest=SizingPageTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dlayerwatch.sizing.write=true";
  private static final Pattern EXAMPLE =
      Pattern.compile("(?m)^\\./layerwatch size (.*)\\n```\\n\\n```\\n([^`]*)```$");
  private static final Pattern COSTS =
      Pattern.compile("(?s)(<!-- begin costs -->\\n).*?(<!-- end costs -->)");

  @Test
  void thePageSaysWhatTheCalculatorSays() throws Exception {
    String page = Files.readString(PAGE);
    String current = EXAMPLE.matcher(page).replaceAll(SizingPageTest::example);
    current = COSTS.matcher(current).replaceAll(SizingPageTest::costs);
    if (Boolean.getBoolean("layerwatch.sizing.write")) {
      Files.writeString(PAGE, current);
      return;
    }
    assertThat(page).as("docs/sizing.md; to write it anew: " + COMMAND).isEqualTo(current);
    assertThat(page).contains(COMMAND).contains("--replicas 10000").contains("--layers 126");
    assertThat(EXAMPLE.matcher(page).results()).hasSizeGreaterThan(2);
  }

  private static String example(MatchResult found) {
    String printed = run(found.group(1).split(" "));
    return Matcher.quoteReplacement(
        "./layerwatch size " + found.group(1) + "\n```\n\n```\n" + printed + "```");
  }

  private static String run(String... arguments) {
    StringWriter out = new StringWriter();
    int code = new CommandLine(new SizeCommand()).setOut(new PrintWriter(out)).execute(arguments);
    assertThat(code).isZero();
    return out.toString();
  }

  private static String costs(MatchResult block) {
    return Matcher.quoteReplacement(
        block.group(1) + "```\n" + Costs.measured().text() + "```\n" + block.group(2));
  }
}
