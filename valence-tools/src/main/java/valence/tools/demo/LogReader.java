package valence.tools.demo;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// Reads what `git log -z --numstat --no-renames` writes in [#FORMAT], commit by commit.
///
/// That is a sequence of tokens, each ended by NUL, the one byte that no name and no path can hold:
/// per commit the fields of the format, then for each changed file `added TAB removed TAB path`,
/// with `-` for the lines of a binary file and a line break before the first. A token that begins
/// with [#MARK] begins the next commit, since no change can begin so.
///
/// What isn't UTF-8 is read as U+FFFD. Everything is bounded: what is longer is cut off, and of a
/// commit with too many changes the first are kept and the others counted.
final class LogReader {
  /// How git is to write a commit; mail maps are followed.
  static final String FORMAT = "tformat:%x01%H%x00%P%x00%aN%x00%aE%x00%at%x00%ct%x00%s";

  /// How many changed files of one commit are kept.
  static final int CHANGES_MAX = 5_000;

  /// How long the paths of one commit may be together, in chars.
  static final int PATHS_CHARS_MAX = 500_000;

  /// How long one path may be, in chars.
  static final int PATH_CHARS_MAX = 2_000;

  /// How long a name, an address or a subject may be, in chars.
  static final int TEXT_CHARS_MAX = 400;

  private static final String MARK = "\u0001";
  private static final int TOKEN_BYTES_MAX = 1 << 16;
  private static final long SECONDS_MAX = 253_402_300_799L; // the end of the year 9999
  private static final Pattern SHA = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
  private static final Pattern CHANGE =
      Pattern.compile("\\n?(\\d{1,18}|-)\\t(\\d{1,18}|-)\\t(.+)", Pattern.DOTALL);

  private final InputStream in;
  private Optional<String> token;

  LogReader(InputStream in) throws IOException {
    this.in = new BufferedInputStream(in, TOKEN_BYTES_MAX);
    this.token = read();
  }

  /// The next commit; empty at the end.
  Optional<Commit> next() throws IOException {
    if (token.isEmpty()) {
      return Optional.empty();
    }
    if (!token.get().startsWith(MARK)) {
      throw unexpected(token.get());
    }
    String sha = checkedSha(token.get().substring(1));
    List<String> parents = parents(field());
    String name = text(field());
    String email = text(field());
    long authoredAt = millis(field());
    long committedAt = millis(field());
    String subject = text(field());
    token = read();

    List<Commit.Change> changes = new ArrayList<>();
    int chars = 0;
    int leftOut = 0;
    while (token.isPresent() && !token.get().startsWith(MARK)) {
      Commit.Change change = change(token.get());
      int length = change.path().length();
      if (changes.size() < CHANGES_MAX
          && length <= PATH_CHARS_MAX
          && chars + length <= PATHS_CHARS_MAX) {
        changes.add(change);
        chars += length;
      } else {
        leftOut++;
      }
      token = read();
    }
    String nobody = name.isEmpty() ? "nobody" : name;
    return Optional.of(new Commit(
        sha,
        parents,
        nobody,
        email.isEmpty() ? nobody : email,
        authoredAt,
        committedAt,
        subject,
        changes,
        leftOut));
  }

  private String field() throws IOException {
    return read().orElseThrow(() -> unexpected("its end in the middle of a commit"));
  }

  /// The next token, cut off when too long; empty at the end.
  private Optional<String> read() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int b = in.read();
    if (b < 0) {
      return Optional.empty();
    }
    while (b > 0) {
      if (bytes.size() < TOKEN_BYTES_MAX) {
        bytes.write(b);
      }
      b = in.read();
    }
    if (b < 0) {
      throw unexpected("its end in the middle of a field");
    }
    return Optional.of(bytes.toString(StandardCharsets.UTF_8));
  }

  private static List<String> parents(String field) {
    return field.isEmpty()
        ? List.of()
        : List.of(field.split(" ")).stream().map(LogReader::checkedSha).toList();
  }

  private static String checkedSha(String text) {
    if (!SHA.matcher(text).matches()) {
      throw unexpected(text);
    }
    return text;
  }

  private static Commit.Change change(String token) {
    Matcher parts = CHANGE.matcher(token);
    if (!parts.matches()) {
      throw unexpected(token);
    }
    return new Commit.Change(parts.group(3), lines(parts.group(1)) + lines(parts.group(2)));
  }

  private static long lines(String field) {
    return field.equals("-") ? 0 : Long.parseLong(field);
  }

  /// Damaged commits have times that no calendar has, or none.
  private static long millis(String field) {
    try {
      return Math.clamp(Long.parseLong(field), 0, SECONDS_MAX) * 1000;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static String text(String field) {
    String text = field.strip();
    if (text.length() <= TEXT_CHARS_MAX) {
      return text;
    }
    int end = TEXT_CHARS_MAX - 1;
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
  }

  private static AnomalyException unexpected(String what) {
    return Anomaly.fault(
            "git log wrote something unexpected: " + text(what) + ".",
            "Check `git version`; 2.25 or newer is expected.")
        .toException();
  }
}
