package valence.engine.query.syntax;

import clojure.lang.ISeq;
import clojure.lang.Keyword;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;

/// Where in a query a mistake stands, added to what was said of it.
public final class Place {
  private static final Keyword CLAUSE = Keyword.intern("clause");
  private static final Keyword INDEX = Keyword.intern("clause-index");

  private Place() {}

  /// The anomaly with the clause that it came from, unless it names one, which is more exact.
  public static AnomalyException in(Object form, AnomalyException thrown) {
    Anomaly anomaly = thrown.anomaly();
    if (anomaly.data().containsKey(CLAUSE)) {
      return thrown;
    }
    String shown = Forms.show(form);
    if (!anomaly.message().contains(shown)) {
      anomaly = anomaly.saying("The clause is " + shown + ".");
    }
    return anomaly.with(CLAUSE, form).toException(thrown);
  }

  /// The anomaly with the index in `:where` of its clause, or of the one around that; without, when
  /// the clause is one of a rule.
  public static AnomalyException numbered(List<?> where, AnomalyException thrown) {
    Object clause = thrown.anomaly().data().get(CLAUSE);
    if (clause == null || thrown.anomaly().data().containsKey(INDEX)) {
      return thrown;
    }
    for (int i = 0; i < where.size(); i++) {
      if (contains(where.get(i), clause)) {
        return at(i, thrown);
      }
    }
    return thrown;
  }

  /// The anomaly of a form of `:where`.
  static AnomalyException at(int index, AnomalyException thrown) {
    return thrown
        .anomaly()
        .saying("It stands in form " + index + " of :where.")
        .with(INDEX, (long) index)
        .toException(thrown);
  }

  private static boolean contains(@Nullable Object form, Object clause) {
    if (form == clause) {
      return true;
    }
    if (form instanceof ISeq || form instanceof List<?>) {
      return Forms.elements(form).orElseThrow().stream().anyMatch(inner -> contains(inner, clause));
    }
    return form instanceof Map<?, ?> map
        && map.values().stream().anyMatch(inner -> contains(inner, clause));
  }
}
