package valence.api;

import clojure.lang.Keyword;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What went wrong, as a value: a category that says whose turn it is, an `:db/error` that programs
/// switch on, a message for people, and the values concerned.
///
/// Categories and the shape of [#toMap] are those of `cognitect.anomalies`.
public final class Anomaly {
  private static final Keyword CATEGORY = Keyword.intern("cognitect.anomalies", "category");
  private static final Keyword MESSAGE = Keyword.intern("cognitect.anomalies", "message");
  private static final Keyword ERROR = Keyword.intern("db", "error");

  /// Who has to do something, and whether the same call may succeed later.
  public enum Category {
    /// No answer, and perhaps no effect; the same call may succeed later.
    UNAVAILABLE("unavailable", true),
    /// The call was interrupted; the same call may succeed.
    INTERRUPTED("interrupted", true),
    /// Too much work at once; try again, more slowly.
    BUSY("busy", true),
    /// The caller's mistake; the message says what to change.
    INCORRECT("incorrect", false),
    /// The caller may not do this.
    FORBIDDEN("forbidden", false),
    /// Not offered here.
    UNSUPPORTED("unsupported", false),
    /// A database, function or other thing of that name doesn't exist.
    NOT_FOUND("not-found", false),
    /// In conflict with what the database holds; read again, then decide.
    CONFLICT("conflict", false),
    /// A defect of ours or of the called function.
    FAULT("fault", false);

    private final Keyword keyword;
    private final boolean retriable;

    Category(String name, boolean retriable) {
      this.keyword = Keyword.intern("cognitect.anomalies", name);
      this.retriable = retriable;
    }

    /// The category's keyword, such as `:cognitect.anomalies/incorrect`.
    public Keyword keyword() {
      return keyword;
    }

    /// Whether the same call may succeed later.
    public boolean retriable() {
      return retriable;
    }

    /// The category of a keyword, or of its name alone; `fault` for one that is unknown.
    public static Category of(Keyword keyword) {
      for (Category category : values()) {
        if (category.keyword.getName().equals(keyword.getName())) {
          return category;
        }
      }
      return FAULT;
    }
  }

  private final Category category;
  private final String message;
  private final Map<Keyword, Object> data; // unmodifiable; holds :db/error when there is one

  private Anomaly(Category category, String message, Map<Keyword, Object> data) {
    this.category = category;
    this.message = message;
    this.data = data;
  }

  /// An anomaly whose message is made of sentences: what was wrong, what was expected, what to do.
  public static Anomaly of(Category category, String... sentences) {
    return new Anomaly(category, String.join(" ", sentences), Map.of());
  }

  /// The caller's mistake, with its `:db/error` given as `db.error/name`.
  public static Anomaly incorrect(String error, String... sentences) {
    return of(Category.INCORRECT, sentences).withError(error);
  }

  /// A conflict with what the database holds, with its `:db/error` given as `db.error/name`.
  public static Anomaly conflict(String error, String... sentences) {
    return of(Category.CONFLICT, sentences).withError(error);
  }

  /// A defect of ours.
  public static Anomaly fault(String... sentences) {
    return of(Category.FAULT, sentences);
  }

  /// The anomaly that a map in the form of [#toMap] describes.
  public static Anomaly of(Map<?, ?> map) {
    Map<Keyword, Object> data = new LinkedHashMap<>();
    map.forEach((key, value) -> {
      if (key instanceof Keyword keyword && value != null) {
        data.put(keyword, value);
      }
    });
    Category category =
        data.remove(CATEGORY) instanceof Keyword keyword ? Category.of(keyword) : Category.FAULT;
    String message = data.remove(MESSAGE) instanceof String text ? text : "";
    return new Anomaly(category, message, Map.copyOf(data));
  }

  /// This anomaly with the `:db/error` given as `namespace/name`.
  public Anomaly withError(String error) {
    return with(ERROR, Keyword.intern(error));
  }

  /// This anomaly with one more value concerned; the key is given as `name` or `namespace/name`.
  public Anomaly with(String key, Object value) {
    return with(Keyword.intern(key), value);
  }

  /// This anomaly with one more value concerned.
  public Anomaly with(Keyword key, Object value) {
    Map<Keyword, Object> more = new LinkedHashMap<>(data);
    more.put(key, value);
    return new Anomaly(category, message, Collections.unmodifiableMap(more));
  }

  /// This anomaly with one more sentence, as where in the input the mistake stands.
  public Anomaly saying(String sentence) {
    return new Anomaly(category, message.isEmpty() ? sentence : message + " " + sentence, data);
  }

  public Category category() {
    return category;
  }

  /// What programs switch on, such as `:db.error/unique-conflict`.
  public Optional<Keyword> error() {
    return Optional.ofNullable(data.get(ERROR)).map(Keyword.class::cast);
  }

  public String message() {
    return message;
  }

  /// The values concerned, `:db/error` among them.
  public Map<Keyword, Object> data() {
    return data;
  }

  /// Category, message and data in one map, as it crosses the wire.
  public Map<Keyword, Object> toMap() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(CATEGORY, category.keyword());
    map.put(MESSAGE, message);
    map.putAll(data);
    return map;
  }

  public AnomalyException toException() {
    return new AnomalyException(this);
  }

  public AnomalyException toException(Throwable cause) {
    return new AnomalyException(this, cause);
  }

  @Override
  public String toString() {
    return category.keyword().getName()
        + error().map(error -> " / " + error).orElse("")
        + " — "
        + message;
  }
}
