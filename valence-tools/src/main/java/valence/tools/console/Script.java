package valence.tools.console;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import valence.api.AnomalyException;
import valence.tools.session.Forms;
import valence.tools.terminal.Terminal;

/// Entries out of a stream, for when nobody types: each is done, and what fails is said.
public final class Script {
  private Script() {}

  /// Whether an entry is closed, so that no further line belongs to it.
  static boolean isClosed(String entry) {
    int at = 0;
    int end = Forms.end(entry, at);
    while (end >= 0 && end < entry.length()) {
      at = end;
      end = Forms.end(entry, at);
    }
    return end != Forms.OPEN;
  }

  /// Does all entries; how many failed.
  public static int run(Evaluator evaluator, Terminal terminal, InputStream in) {
    int failed = 0;
    StringBuilder entry = new StringBuilder();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine();
          line != null && !evaluator.isEnded();
          line = lines.readLine()) {
        entry.append(line).append('\n');
        if (isClosed(entry.toString())) {
          failed += run(evaluator, terminal, entry.toString()) ? 0 : 1;
          entry.setLength(0);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return failed + (entry.isEmpty() || run(evaluator, terminal, entry.toString()) ? 0 : 1);
  }

  private static boolean run(Evaluator evaluator, Terminal terminal, String entry) {
    try {
      evaluator.run(entry).forEach(terminal::line);
      return true;
    } catch (AnomalyException e) {
      terminal.err().println(terminal.alarm("valence: ") + e.anomaly().message());
      return false;
    }
  }
}
