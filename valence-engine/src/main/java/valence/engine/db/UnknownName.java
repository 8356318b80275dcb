package valence.engine.db;

import clojure.lang.Keyword;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.engine.schema.Nearest;
import valence.engine.schema.Schema;

/// What is said of names that nothing has, the same by queries, pulls and indexes.
public final class UnknownName {
  private UnknownName() {}

  /// `:db.error/not-an-entity` for what stands for an attribute and is none.
  public static AnomalyException attribute(Schema schema, @Nullable Object named) {
    return unknown(
        named,
        "Expected an attribute of this database.",
        named instanceof Keyword ident ? Nearest.attribute(ident, schema) : "");
  }

  /// `:db.error/not-an-entity` for what stands for an entity and names none.
  public static AnomalyException entity(Schema schema, @Nullable Object named) {
    return unknown(
        named,
        "Expected an entity id, an ident or a lookup ref of this database.",
        named instanceof Keyword ident ? Nearest.ident(ident, schema) : "");
  }

  private static AnomalyException unknown(
      @Nullable Object named, String expected, String proposal) {
    Anomaly anomaly = Anomaly.incorrect(
        "db.error/not-an-entity",
        "Unable to resolve entity: " + Edn.printShort(named) + ".",
        expected,
        proposal.isEmpty() ? "Check its spelling, or install it first." : proposal);
    return (named == null ? anomaly : anomaly.with("entity", named)).toException();
  }
}
