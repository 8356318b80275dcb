package valence.conformance;

import static valence.api.Valence.kw;

import clojure.lang.PersistentVector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.edn.Edn;

/// Real data beside the project: the folder `mbrainz`, transaction batches in EDN.
///
/// A file holds maps `{:batch-ident {…} :data [tx-data …]}`; the transaction of a batch is the
/// former followed by the latter.
final class Dataset {
  private static final String BATCH_ID_SCHEMA =
      "[{:db/ident :mbrainz.initial-import/batch-id :db/valueType :db.type/string"
          + " :db/cardinality :db.cardinality/one :db/unique :db.unique/value}]";

  /// In the order in which they refer to each other.
  private static final List<String> FILES = List.of(
      "schema",
      "enums",
      "super-enums",
      "artists",
      "areleases",
      "areleases-artists",
      "labels",
      "releases",
      "releases-artists");

  private Dataset() {}

  /// Transacts every batch.
  ///
  /// @param progress is told what is being loaded
  static void load(Path folder, Connection connection, Consumer<String> progress) {
    connection.transact(BATCH_ID_SCHEMA);
    for (String name : FILES) {
      progress.accept("loading " + folder.getFileName() + "/" + name);
      Path file = folder.resolve(name + ".edn");
      for (Object batch : batches(file)) {
        connection.transact(txData(file, batch));
      }
    }
  }

  private static List<@Nullable Object> batches(Path file) {
    try {
      return Edn.readAll(Files.readString(file), Map.of());
    } catch (IOException unreadable) {
      throw Anomaly.of(Anomaly.Category.INCORRECT, file + " can't be read: " + unreadable)
          .toException(unreadable);
    }
  }

  private static Object txData(Path file, @Nullable Object form) {
    if (!(form instanceof Map<?, ?> batch)
        || !(batch.get(kw("batch-ident")) instanceof Map<?, ?> ident)
        || !(batch.get(kw("data")) instanceof List<?> data)) {
      throw malformed(file);
    }
    List<@Nullable Object> txData = new ArrayList<>(data.size() + 1);
    txData.add(ident);
    txData.addAll(data);
    return PersistentVector.create(txData);
  }

  private static AnomalyException malformed(Path file) {
    return Anomaly.of(
            Anomaly.Category.INCORRECT,
            file + " holds something other than batches.",
            "Expected maps with :batch-ident and :data.")
        .toException();
  }
}
