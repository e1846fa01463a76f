package io.layerwatch.standalone.terminal;

import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.recommender.live.LiveState;
import java.io.IOException;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp.Capability;

/**
 * Redraws the terminal's alternate screen twice a second; on close, gives the terminal back with
 * the last picture on it.
 */
public final class ScreenView implements View {

  private static final long REDRAW_NANOS = 500_000_000;
  private static final String CLEAR_ROW = "\u001b[2K";

  private final Terminal terminal;
  private final LiveState state = new LiveState();
  private final String site;
  private final ScreenRenderer renderer;
  private final Supplier<ScreenRenderer.Surroundings> surroundings;
  private final Thread thread = new Thread(this::run, "layerwatch-screen");
  private List<String> drawn = List.of();
  private volatile boolean closed;

  /** What the screen shows beside the topics, asked for at every redraw. */
  public interface Around {
    /** Such as {@code 812 tokens/s}. */
    String serving();

    String endpoint();

    /** Address of the live page, where there is one. */
    Optional<String> page();

    String metrics();

    /** Address of the broker. */
    String kafka();

    /** Address of the schema registry. */
    String registry();
  }

  public ScreenView(String site, Around around) throws IOException {
    terminal = TerminalBuilder.builder().system(true).nativeSignals(false).build();
    this.site = site;
    renderer =
        new ScreenRenderer(
            System.getenv("NO_COLOR") == null ? Palette.COLOUR : Palette.NONE,
            ZoneId.systemDefault());
    surroundings =
        () ->
            new ScreenRenderer.Surroundings(
                around.serving(),
                around.endpoint(),
                around.page(),
                around.metrics(),
                around.kafka(),
                around.registry());
    terminal.puts(Capability.enter_ca_mode);
    terminal.puts(Capability.cursor_invisible);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void on(ModelScores scores) {
    state.on(scores);
    LockSupport.unpark(thread);
  }

  @Override
  public void on(PruningRecommendation recommendation) {
    state.on(recommendation);
  }

  @Override
  public void on(LayerDrift drift) {
    state.on(drift);
  }

  private void run() {
    while (!closed) {
      draw();
      LockSupport.parkNanos(REDRAW_NANOS);
    }
  }

  private synchronized void draw() {
    if (closed) {
      return;
    }
    int width = terminal.getWidth() <= 0 ? 80 : Math.max(40, terminal.getWidth());
    int height = terminal.getHeight() <= 0 ? 40 : terminal.getHeight();
    drawn = renderer.render(state.snapshot(site), surroundings.get(), width, height);
    terminal.writer().print(picture(drawn, height));
    terminal.flush();
  }

  /** What draws these rows over what an earlier picture left. */
  static String picture(List<String> rows, int height) {
    // A row as wide as the screen leaves the cursor on its last character: clear first, then write.
    String drawing =
        rows.stream().limit(height).map(row -> CLEAR_ROW + row).collect(Collectors.joining("\r\n"));
    // A line break on the lowest row would scroll the highest one away.
    return "\u001b[H\u001b[?7l"
        + drawing
        + (rows.size() < height ? "\r\n\u001b[J" : "")
        + "\u001b[?7h";
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    terminal.puts(Capability.cursor_visible);
    terminal.puts(Capability.exit_ca_mode);
    // What was on the screen stays to be read.
    drawn.forEach(line -> terminal.writer().print(line + "\r\n"));
    terminal.flush();
    try {
      terminal.close();
    } catch (IOException e) {
      // The terminal is gone: nothing is left to restore.
    }
  }
}
