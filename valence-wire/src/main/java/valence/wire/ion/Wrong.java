package valence.wire.ion;

import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.wire.Fields;

/// The anomaly of one member among several under a key.
final class Wrong {
  private Wrong() {}

  static AnomalyException key(Fields fields, String key, @Nullable Object found, String expected) {
    return Anomaly.incorrect(
            "ion.error/invalid-config",
            fields.where() + " has " + Fields.shown(found) + " in :" + key + ".",
            "Expected " + expected + ".")
        .toException();
  }
}
