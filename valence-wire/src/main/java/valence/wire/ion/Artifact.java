package valence.wire.ion;

import clojure.lang.Keyword;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.wire.Fields;

/// One jar of a revision, named by its content.
///
/// @param id   the SHA-256 of the content, in 64 lower-case hexadecimal digits
/// @param name the file's name, for people
/// @param size in bytes
/// @param coordinates what repositories know it as; null for what none does, such as the
///     application's own code
public record Artifact(
    String id, String name, long size, Kind kind, @Nullable Coordinates coordinates) {
  /// How many bytes an artifact may have.
  public static final long SIZE_MAX = 512L << 20;

  private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");

  /// Whose code an artifact holds.
  public enum Kind {
    APPLICATION("application"),
    LIBRARY("library");

    private final Keyword keyword;

    Kind(String name) {
      this.keyword = Keyword.intern(name);
    }

    public Keyword keyword() {
      return keyword;
    }

    /// The kind of a keyword; `fault` when there is none, as what was stored had one.
    public static Kind of(Keyword keyword) {
      for (Kind kind : values()) {
        if (kind.keyword == keyword) {
          return kind;
        }
      }
      throw Anomaly.fault("There is no kind of artifact " + keyword.getName() + ".")
          .toException();
    }
  }

  /// Whether a text has the form of an artifact's id.
  public static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /// The artifact in a map; `incorrect`, naming the key, where something is wrong in it.
  public static Artifact of(@Nullable Object value) {
    return of(Fields.of("The artifact", value));
  }

  static Artifact of(Fields fields) {
    fields.only("id", "name", "size", "kind", "library", "version");
    if (!isId(fields.text("id"))) {
      throw fields.wrong("id", "a SHA-256 in 64 lower-case hexadecimal digits");
    }
    Keyword kind = fields.keyword("kind");
    for (Kind known : Kind.values()) {
      if (known.keyword == kind) {
        return new Artifact(
            fields.text("id"),
            fields.text("name"),
            fields.number("size", 0, SIZE_MAX),
            known,
            Coordinates.of(fields));
      }
    }
    throw fields.wrong("kind", ":application or :library");
  }

  /// The artifact as a map that [#of] reads.
  public Map<Keyword, Object> toMap() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(Keyword.intern("id"), id);
    map.put(Keyword.intern("name"), name);
    map.put(Keyword.intern("size"), size);
    map.put(Keyword.intern("kind"), kind.keyword);
    if (coordinates != null) {
      map.put(Keyword.intern("library"), coordinates.library());
      map.put(Keyword.intern("version"), coordinates.version());
    }
    return map;
  }
}
