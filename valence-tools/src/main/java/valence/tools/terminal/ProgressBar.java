package valence.tools.terminal;

import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/// How far a long job has come: a bar that grows when somebody watches, else a line for each tenth.
///
/// Not safe for several threads.
public final class ProgressBar {
  private static final int WIDTH = 30;
  private static final int TENTHS = 10;

  private final Terminal terminal;
  private final String unit;
  private final long total;
  private final LongSupplier nanos;
  private final long begun;
  private long tenthsSaid;

  /// @param unit  what is counted, such as `commits`
  /// @param total how many there are; at least 1
  public ProgressBar(Terminal terminal, String unit, long total) {
    this(terminal, unit, total, System::nanoTime);
  }

  ProgressBar(Terminal terminal, String unit, long total, LongSupplier nanos) {
    this.terminal = terminal;
    this.unit = unit;
    this.total = total;
    this.nanos = nanos;
    this.begun = nanos.getAsLong();
  }

  /// Shows that so many are done.
  public void show(long done) {
    if (terminal.live()) {
      int full = Math.toIntExact(WIDTH * Math.min(done, total) / total);
      terminal.progress("█".repeat(full) + "░".repeat(WIDTH - full) + "  " + words(done));
    } else if (done * TENTHS / total > tenthsSaid) {
      tenthsSaid = done * TENTHS / total;
      terminal.err().println("  " + words(done));
    }
  }

  private String words(long done) {
    double seconds = Math.max(1, nanos.getAsLong() - begun) / 1e9;
    double rate = done / seconds;
    String words =
        String.format(Locale.ROOT, "%,d of %,d %s, %,.0f a second", done, total, unit, rate);
    return done == 0 || done >= total ? words : words + ", " + left((total - done) / rate);
  }

  private static String left(double seconds) {
    Duration left = Duration.ofMillis((long) (seconds * 1e3));
    return left.toMinutes() > 0
        ? String.format(Locale.ROOT, "%d min %02d s left", left.toMinutes(), left.toSecondsPart())
        : Math.max(1, left.toSeconds()) + " s left";
  }
}
