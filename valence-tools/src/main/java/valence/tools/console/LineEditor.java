package valence.tools.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// A person types entries, with history, completion and several lines; Control-C stops what is
/// under way.
public final class LineEditor {
  private static final int HISTORY_COUNT = 10_000;
  private static final int CONTROL_C = 3;

  private final Evaluator evaluator;
  private final valence.tools.terminal.Terminal screen;
  private final Terminal terminal;
  private final Object lock = new Object();
  private @Nullable Thread running; // guarded by lock
  private boolean stopped; // guarded by lock

  private LineEditor(
      Evaluator evaluator, valence.tools.terminal.Terminal screen, Terminal terminal) {
    this.evaluator = evaluator;
    this.screen = screen;
    this.terminal = terminal;
  }

  /// Runs on this process's terminal until Control-D.
  public static void run(
      Evaluator evaluator, valence.tools.terminal.Terminal screen, Path history) {
    try (Terminal terminal =
        TerminalBuilder.builder().name("valence").system(true).dumb(true).build()) {
      run(evaluator, screen, terminal, history);
    } catch (IOException e) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE, "The terminal can't be used: " + e.getMessage() + ".")
          .toException(e);
    }
  }

  /// As [#run(Evaluator, valence.tools.terminal.Terminal, Path)], on a terminal of the caller's.
  static void run(
      Evaluator evaluator, valence.tools.terminal.Terminal screen, Terminal terminal, Path history)
      throws IOException {
    owned(history);
    LineReader reader = LineReaderBuilder.builder()
        .terminal(terminal)
        .parser(new Reading())
        .completer(new Completion(evaluator))
        .variable(LineReader.HISTORY_FILE, history)
        .variable(LineReader.HISTORY_SIZE, HISTORY_COUNT)
        .variable(LineReader.HISTORY_FILE_SIZE, HISTORY_COUNT)
        .variable(LineReader.SECONDARY_PROMPT_PATTERN, "… ")
        .variable(LineReader.INDENTATION, 2)
        .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
        .option(LineReader.Option.HISTORY_REDUCE_BLANKS, false)
        .build();
    new LineEditor(evaluator, screen, terminal).loop(reader);
  }

  /// The history holds what was asked, so that its owner alone may read it.
  private static void owned(Path history) throws IOException {
    if (Files.notExists(history)) {
      Files.createDirectories(history.toAbsolutePath().getParent());
      Files.createFile(history);
    }
    if (Files.getFileStore(history).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(history, PosixFilePermissions.fromString("rw-------"));
    }
  }

  private void loop(LineReader reader) throws IOException {
    // While a line is read, JLine has a handler of its own.
    terminal.handle(Terminal.Signal.INT, _ -> stop());
    while (!evaluator.isEnded()) {
      String entry;
      synchronized (lock) {
        stopped = false;
      }
      try {
        entry = reader.readLine(evaluator.prompt());
      } catch (UserInterruptException e) {
        continue; // what was being typed is dropped
      } catch (EndOfFileException e) {
        break;
      }
      try {
        show(stoppable(entry));
      } catch (AnomalyException e) {
        terminal.writer().println(screen.alarm("valence: ") + e.anomaly().message());
        terminal.flush();
      }
    }
    reader.getHistory().save();
  }

  private void stop() {
    synchronized (lock) {
      stopped = true;
      if (running != null) {
        running.interrupt();
      }
    }
  }

  /// Does an entry on a thread of its own, which Control-C interrupts.
  private List<String> stoppable(String entry) {
    FutureTask<List<String>> task = new FutureTask<>(() -> evaluator.run(entry));
    Thread thread = Thread.ofVirtual().unstarted(task);
    synchronized (lock) {
      running = thread;
    }
    try {
      thread.start();
      synchronized (lock) {
        if (stopped) {
          thread.interrupt(); // Control-C came before there was anything to stop
        }
      }
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      thread.interrupt();
      return List.of();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AnomalyException known) {
        throw known;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      synchronized (lock) {
        running = null;
      }
    }
  }

  /// Shows lines, a page at a time if they are more than the screen has.
  private void show(List<String> lines) throws IOException {
    int height = terminal.getHeight() - 1;
    int left = height > 2 ? height - 1 : Integer.MAX_VALUE;
    for (int i = 0; i < lines.size(); i++) {
      if (left == 0) {
        terminal.flush();
        left = more(lines.size() - i, height);
        if (left == 0) {
          break;
        }
      }
      terminal.writer().println(lines.get(i));
      left--;
    }
    terminal.flush();
  }

  /// Asks whether to go on; how many lines, 0 for none.
  private int more(int lines, int height) throws IOException {
    String words = "-- " + lines + " more lines: space, return, or q --";
    Attributes before = terminal.enterRawMode(); // first: a key may follow the words at once
    try {
      terminal.writer().print(words);
      terminal.flush();
      while (true) {
        int key = terminal.reader().read();
        switch (key) {
          case ' ' -> {
            return height - 1;
          }
          case '\r', '\n' -> {
            return 1;
          }
          case 'q', 'Q', CONTROL_C, -1 -> {
            return 0;
          }
          default -> {}
        }
      }
    } finally {
      terminal.setAttributes(before);
      terminal.writer().print("\r" + " ".repeat(words.length()) + "\r");
      terminal.flush();
    }
  }
}
