package valence.tools.tour;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import valence.api.Anomaly;
import valence.tools.terminal.Terminal;

/// Runs steps one after the other and says of each what it did and how long it took.
public final class Steps {
  private static final int TITLE_WIDTH = 64;

  private final Terminal terminal;
  private int count;

  public Steps(Terminal terminal) {
    this.terminal = terminal;
  }

  /// Does something and says what.
  public interface Action {
    void take(List<String> says) throws IOException, InterruptedException;
  }

  /// Does something, says what, and hands on a result.
  public interface Step<T> {
    T take(List<String> says) throws IOException, InterruptedException;
  }

  public void run(String title, Action action) {
    result(title, says -> {
      action.take(says);
      return says;
    });
  }

  public <T> T result(String title, Step<T> step) {
    count++;
    terminal.progress(title);
    long begun = System.nanoTime();
    List<String> says = new ArrayList<>();
    boolean complete = false;
    try {
      T result = step.take(says);
      complete = true;
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Anomaly.of(Anomaly.Category.INTERRUPTED, "\"" + title + "\" was interrupted.")
          .toException(e);
    } finally {
      terminal.endProgress();
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      print(title, took, says, complete);
    }
  }

  private void print(String title, Duration took, List<String> says, boolean complete) {
    String mark = complete ? terminal.green("✓") : terminal.red("✗");
    String padding = " ".repeat(Math.max(1, TITLE_WIDTH - title.length()));
    terminal.line(String.format(Locale.ROOT, "%2d %s ", count, mark)
        + terminal.bold(title)
        + padding
        + String.format(Locale.ROOT, "%8s", seconds(took)));
    says.forEach(line -> terminal.line("     " + terminal.dim(line)));
  }

  public static String seconds(Duration duration) {
    return duration.toMillis() < 1_000
        ? duration.toMillis() + " ms"
        : String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
  }
}
