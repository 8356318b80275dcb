package valence.node.dev;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What the application prints, as lines of the feed. Safe for many threads.
public final class PrintedLines extends OutputStream {
  private static final int LINE_BYTES_MAX = 16 << 10;

  private final Feed feed;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(); // guarded by this

  public PrintedLines(Feed feed) {
    this.feed = feed;
  }

  @Override
  public synchronized void write(int b) {
    if (b == '\n') {
      tell();
    } else if (b != '\r') {
      line.write(b);
      if (line.size() == LINE_BYTES_MAX) {
        tell();
      }
    }
  }

  private void tell() {
    feed.tell("printed", Map.of("text", line.toString(StandardCharsets.UTF_8)));
    line.reset();
  }
}
