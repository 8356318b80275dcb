package valence.tools.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// Where commands write: results to one stream, everything else to another.
///
/// @param live whether a person watches, so that colours and lines that change make sense
public record Terminal(PrintStream out, PrintStream err, boolean live) {
  private static final String CLEAR_LINE = "\r\u001b[K";

  /// The process's own streams, always in UTF-8.
  public static Terminal ofProcess() {
    boolean live = System.console() != null
        && System.console().isTerminal()
        && System.getenv("NO_COLOR") == null
        && !"dumb".equals(System.getenv("TERM"));
    return new Terminal(utf8(FileDescriptor.out), utf8(FileDescriptor.err), live);
  }

  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  public void line(String text) {
    out.println(text);
  }

  /// Shows a few words that the next output replaces; nothing when nobody watches.
  public void progress(String words) {
    if (live) {
      err.print(CLEAR_LINE + "  " + words + " …");
      err.flush();
    }
  }

  public void endProgress() {
    if (live) {
      err.print(CLEAR_LINE);
      err.flush();
    }
  }

  public String bold(String text) {
    return styled("1", text);
  }

  public String dim(String text) {
    return styled("2", text);
  }

  public String green(String text) {
    return styled("32", text);
  }

  public String red(String text) {
    return styled("31", text);
  }

  private String styled(String code, String text) {
    return live ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
