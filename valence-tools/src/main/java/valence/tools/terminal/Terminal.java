package valence.tools.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// Where commands write: results to one stream, everything else to another.
///
/// @param colours whether results go to a person who likes colours
/// @param live    whether a person watches the other stream, so that lines that change make sense
/// @param signals whether what is written there may have colours
public record Terminal(
    PrintStream out, PrintStream err, boolean colours, boolean live, boolean signals) {
  private static final String CLEAR_LINE = "\r\u001b[K";

  /// Names the standard streams, of `0`, `1` and `2`, that are a terminal's, as the launcher found.
  private static final String STREAMS = "valence.terminal";

  /// With all of it or nothing.
  public Terminal(PrintStream out, PrintStream err, boolean live) {
    this(out, err, live, live, live);
  }

  /// The process's own streams, always in UTF-8.
  public static Terminal ofProcess() {
    boolean able = !"dumb".equals(System.getenv("TERM"));
    String unwanted = System.getenv("NO_COLOR");
    boolean coloured = able && (unwanted == null || unwanted.isEmpty());
    boolean out = isTerminal('1');
    boolean err = isTerminal('2');
    return new Terminal(
        utf8(FileDescriptor.out),
        utf8(FileDescriptor.err),
        out && coloured,
        err && able,
        err && coloured);
  }

  /// Whether a person types into this process.
  public static boolean isTyped() {
    return isTerminal('0');
  }

  // The JDK only tells of input and output together, and not of the error stream.
  private static boolean isTerminal(char stream) {
    String found = System.getProperty(STREAMS);
    return found == null
        ? System.console() != null && System.console().isTerminal()
        : found.indexOf(stream) >= 0;
  }

  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  public void line(String text) {
    out.println(text);
  }

  /// Says one line beside the results.
  public void note(String text) {
    endProgress();
    err.println(text);
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

  public String cyan(String text) {
    return styled("36", text);
  }

  /// As [#red], for what is written beside the results.
  public String alarm(String text) {
    return signals ? "\u001b[31m" + text + "\u001b[0m" : text;
  }

  private String styled(String code, String text) {
    return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
