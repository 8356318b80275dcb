package valence.tools.push;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import valence.wire.ion.Coordinates;

/// What a developer may not have meant to ship: secrets, huge files, files whose content is
/// elsewhere. They are said, not refused, because none can be known for certain.
///
/// Never says the secret itself.
final class Findings {
  /// From which size on a file of the application is worth a word.
  static final int FILE_BYTES_WARNED = 5 << 20;

  private static final int SAID_MAX = 20;
  private static final int TEXT_BYTES_MAX = 1 << 20;

  private static final String PASSWORD = "a password";
  private static final Map<String, Pattern> SECRETS = new LinkedHashMap<>();

  static {
    SECRETS.put(
        "a private key", Pattern.compile("-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"));
    SECRETS.put(
        "an access key of AWS",
        Pattern.compile("(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])"));
    SECRETS.put(
        "a token",
        Pattern.compile("(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40}"
            + "|glpat-[A-Za-z0-9_-]{20}|xox[abpr]-[A-Za-z0-9-]{10}|sk_live_[A-Za-z0-9]{16}"
            + "|npm_[A-Za-z0-9]{36}|AIza[A-Za-z0-9_-]{35})"));
    SECRETS.put(
        PASSWORD,
        Pattern.compile(
            // After the name, what properties, YAML, JSON and EDN put before a value; not what
            // refers
            // to one elsewhere.
            "(?i)(?:password|passwd|secret[_-]?(?:access[_-]?)?key|api[_-]?key|auth[_-]?token)"
                + "[\"']?(?:[ \\t]*=[ \\t]*[\"']?|[ \\t]*:[ \\t]+[\"']?"
                + "|[ \\t]*:?[\"']|[ \\t]+[\"'])"
                + "(?![\"'$<{*(\\[\\s])[^\\s\"'<>{}]{6,}"));
  }

  private static final String LFS = "version https://git-lfs.github.com/spec/";

  private static final Pattern SECRET_FILE = Pattern.compile(
      "(?:.*/)?(?:\\.env(?:\\..+)?|id_(?:rsa|dsa|ecdsa|ed25519)|\\.netrc|\\.npmrc|\\.pgpass"
          + "|credentials|.+\\.(?:pem|p12|pfx|jks|keystore|key))");

  private final List<String> said = new ArrayList<>();
  private int more;

  /// Looks at a file that goes with the application.
  void look(String name, byte[] content) {
    if (content.length > FILE_BYTES_WARNED) {
      say(name + " has " + size(content.length) + ": each push of a change to it moves all of it");
    }
    if (SECRET_FILE.matcher(name).matches()) {
      say(name + " looks like a file of secrets");
    } else if (isText(name, content)) {
      String text = new String(content, StandardCharsets.ISO_8859_1);
      if (text.startsWith(LFS)) {
        say(name + " is a pointer of Git LFS: its content doesn't go with the application");
      }
      SECRETS.forEach((what, pattern) -> secret(name, text, what, pattern));
    }
  }

  /// Looks at the libraries that go with the application.
  void libraries(List<Built.Library> libraries) {
    for (Built.Library library : libraries) {
      Coordinates coordinates = library.coordinates();
      if (coordinates != null && GivenClasses.LIBRARIES.contains(coordinates.library())) {
        say(coordinates.library() + " " + coordinates.version()
            + " goes with the application and is never used: each node gives its own, "
            + GivenClasses.version(coordinates.library()) + "; give it the scope provided");
      }
    }
  }

  void say(String finding) {
    if (said.size() < SAID_MAX) {
      said.add(finding);
    } else {
      more++;
    }
  }

  /// The findings, in words.
  List<String> all() {
    List<String> all = new ArrayList<>(said);
    if (more > 0) {
      all.add("and " + more + " more");
    }
    return all;
  }

  static String size(long bytes) {
    return bytes < 10_000
        ? bytes + " bytes"
        : bytes < 10_000_000
            ? bytes / 1_000 + " kB"
            : String.format(Locale.ROOT, "%,d MB", bytes / 1_000_000);
  }

  private void secret(String name, String text, String what, Pattern pattern) {
    boolean code = name.endsWith(".class");
    if (code && what.equals(PASSWORD)) {
      return; // between the constants of a class stands anything
    }
    Matcher matcher = pattern.matcher(text);
    if (matcher.find()) {
      long line =
          text.substring(0, matcher.start()).chars().filter(c -> c == '\n').count() + 1;
      say(code ? name + " seems to hold " + what : name + ":" + line + " seems to hold " + what);
    }
  }

  /// Whether a file is worth reading: text, or a class, whose constants are text.
  private static boolean isText(String name, byte[] content) {
    if (content.length > TEXT_BYTES_MAX) {
      return false;
    }
    if (name.endsWith(".class")) {
      return true;
    }
    for (int i = 0; i < Math.min(content.length, 1_000); i++) {
      if (content[i] == 0) {
        return false;
      }
    }
    return true;
  }
}
