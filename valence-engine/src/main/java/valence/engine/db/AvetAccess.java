package valence.engine.db;

import valence.api.Anomaly;
import valence.engine.schema.Attribute;

/// Direct reads of AVET, by datoms, index ranges and index pulls. Queries don't ask: what they read
/// is theirs to choose.
public final class AvetAccess {
  private AvetAccess() {}

  /// Refuses an attribute that a schema which chooses its indexes didn't choose, with
  /// `attribute-not-indexed`.
  public static void require(Database db, Attribute attribute) {
    if (db.schema().hasAvet(attribute)) {
      return;
    }
    throw Anomaly.incorrect(
            "db.error/attribute-not-indexed",
            "The datoms of " + attribute.ident() + " are not in the index AVET.",
            "Once some attribute says :db/index true, AVET has those that say it or are unique.",
            "Add :db/index true to " + attribute.ident() + ", or read AEVT, or query.")
        .with("attribute", attribute.ident())
        .toException();
  }
}
