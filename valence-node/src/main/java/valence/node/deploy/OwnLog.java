package valence.node.deploy;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import valence.ion.AppInfo;
import valence.node.app.CodeLoader;
import valence.node.telemetry.Said;

/// What the code of one revision logs while it is tried, its last lines; by whatever way it logs,
/// as all of them end in the JDK's loggers. Safe for many threads.
///
/// Its own are lines of the threads that try it, of those that they started, and of those with its
/// loader as context; not what the node says there itself.
final class OwnLog extends Handler implements AutoCloseable {
  private static final int LINES_MAX = 200;
  private static final int LINE_CHARACTERS_MAX = 1_000;
  private static final String NODE = "valence.";

  private static final Logger ROOT = Logger.getLogger("");

  private final AppInfo info;
  private final UnaryOperator<String> masked;
  private final Set<Thread> trials = ConcurrentHashMap.newKeySet();
  private final SimpleFormatter words = new SimpleFormatter();
  private final Deque<String> lines = new ArrayDeque<>(); // guarded by this
  private long lineCount; // guarded by this

  /// Listens until closed.
  ///
  /// @param masked leaves out what nobody is to read
  static OwnLog listen(AppInfo info, UnaryOperator<String> masked) {
    OwnLog log = new OwnLog(info, masked);
    ROOT.addHandler(log);
    return log;
  }

  private OwnLog(AppInfo info, UnaryOperator<String> masked) {
    this.info = info;
    this.masked = masked;
  }

  /// Lets lines of a thread be the revision's own from now on.
  void own(Thread trial) {
    trials.add(trial);
  }

  @Override
  public void publish(LogRecord record) {
    String logger = String.valueOf(record.getLoggerName());
    if (!isLoggable(record) || logger.startsWith(NODE) || !isOwn(Thread.currentThread())) {
      return;
    }
    Said said = Said.of(record);
    StringBuilder line = new StringBuilder();
    line.append(Instant.ofEpochMilli(record.getMillis()))
        .append(' ')
        .append(record.getLevel().getName().toLowerCase(Locale.ROOT))
        .append(' ')
        .append(logger)
        .append(' ')
        .append(said == null ? words.formatMessage(record) : said.line());
    for (Throwable e = record.getThrown(); e != null; e = e.getCause()) {
      line.append(" | ").append(e);
    }
    String text = masked.apply(line.toString()).replace("\n", "\\n").replace("\r", "\\r");
    keep(
        text.length() <= LINE_CHARACTERS_MAX ? text : text.substring(0, LINE_CHARACTERS_MAX) + "…");
  }

  private synchronized void keep(String line) {
    lineCount++;
    lines.addLast(line);
    if (lines.size() > LINES_MAX) {
      lines.removeFirst();
    }
  }

  /// The lines so far, oldest first.
  synchronized String text() {
    String kept = String.join("\n", lines);
    return lineCount <= LINES_MAX
        ? kept
        : "(" + (lineCount - LINES_MAX) + " lines before these)\n" + kept;
  }

  private boolean isOwn(Thread thread) {
    if (trials.contains(thread)) {
      return true;
    }
    for (ClassLoader loader = thread.getContextClassLoader();
        loader != null;
        loader = loader.getParent()) {
      if (loader instanceof CodeLoader code) {
        return code.appInfo().equals(info);
      }
    }
    return false;
  }

  @Override
  public void flush() {
    // Nothing waits anywhere.
  }

  @Override
  public void close() {
    ROOT.removeHandler(this);
  }
}
