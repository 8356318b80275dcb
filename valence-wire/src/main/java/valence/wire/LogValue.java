package valence.wire;

import valence.edn.EdnTagged;

/// A database's log as it crosses the wire, an input of queries. Written `#valence/log "x"`.
public record LogValue(String dbName) implements EdnTagged {
  /// The tag that it is written with.
  public static final String TAG = "valence/log";

  static LogValue of(@org.jspecify.annotations.Nullable Object value) {
    if (value instanceof String name && !name.isEmpty()) {
      return new LogValue(name);
    }
    throw new IllegalArgumentException("expected was the name of a database");
  }

  @Override
  public String ednTag() {
    return TAG;
  }

  @Override
  public Object ednValue() {
    return dbName;
  }
}
