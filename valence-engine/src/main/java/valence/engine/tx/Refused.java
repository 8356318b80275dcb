package valence.engine.tx;

import clojure.lang.Keyword;
import java.util.LinkedHashMap;
import java.util.Map;
import valence.api.Anomaly;

/// Refusals that say where in tx-data the mistake stands: the message begins with it, and
/// `:form-index` has it for programs.
final class Refused {
  private static final Keyword MESSAGE = Keyword.intern("cognitect.anomalies", "message");
  private static final String FORM_INDEX = "form-index";

  private Refused() {}

  static Anomaly incorrect(int form, String error, String... sentences) {
    return of(form, Anomaly.Category.INCORRECT, sentences).withError(error);
  }

  static Anomaly conflict(int form, String error, String... sentences) {
    return of(form, Anomaly.Category.CONFLICT, sentences).withError(error);
  }

  static Anomaly of(int form, Anomaly.Category category, String... sentences) {
    String[] placed = sentences.clone();
    placed[0] = Shown.form(form) + placed[0];
    return at(form, Anomaly.of(category, placed));
  }

  /// An anomaly made elsewhere, which doesn't know where it stands.
  static Anomaly placed(int form, Anomaly anomaly) {
    Map<Keyword, Object> map = new LinkedHashMap<>(anomaly.toMap());
    map.put(MESSAGE, Shown.form(form) + anomaly.message());
    return at(form, Anomaly.of(map));
  }

  private static Anomaly at(int form, Anomaly anomaly) {
    return form == Facts.NO_FORM ? anomaly : anomaly.with(FORM_INDEX, (long) form);
  }
}
