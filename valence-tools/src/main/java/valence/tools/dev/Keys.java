package valence.tools.dev;

import java.io.IOException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.NonBlockingReader;
import valence.api.Anomaly;

/// Single keys that a person presses, without Return. Control-C stays what it is.
public final class Keys implements AutoCloseable {
  private final Terminal terminal;
  private final Thread reader;

  /// What is done at a key.
  public interface Pressed {
    void key(char key);
  }

  private Keys(Terminal terminal, Pressed pressed) {
    this.terminal = terminal;
    this.reader = Thread.ofPlatform().name("keys").daemon().unstarted(() -> read(pressed));
  }

  /// Listens to this process's terminal until closed.
  public static Keys listen(Pressed pressed) {
    try {
      Terminal terminal =
          TerminalBuilder.builder().name("valence").system(true).dumb(true).build();
      terminal.enterRawMode();
      Keys keys = new Keys(terminal, pressed);
      keys.reader.start();
      return keys;
    } catch (IOException e) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE, "The terminal can't be used: " + e.getMessage() + ".")
          .toException(e);
    }
  }

  private void read(Pressed pressed) {
    NonBlockingReader keys = terminal.reader();
    try {
      for (int key = keys.read(); key >= 0; key = keys.read()) {
        pressed.key((char) key);
      }
    } catch (IOException e) {
      Thread.currentThread().interrupt(); // the terminal is closed: the run ends
    }
  }

  @Override
  public void close() throws IOException {
    terminal.close(); // gives it back as it was
  }
}
