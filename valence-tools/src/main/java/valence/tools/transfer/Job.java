package valence.tools.transfer;

import clojure.lang.Keyword;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What is to be imported, and how.
///
/// @param namespace  of attributes whose columns have none
/// @param key        the column that says which entity a row is about
/// @param delimiter  between the cells of CSV
/// @param batchCount how many items go into a transaction
/// @param parallel   how many transactions are under way at once
/// @param skipBad    how many items may be left out because they can't be read or are refused
public record Job(
    Path file,
    Kind kind,
    String namespace,
    Optional<String> key,
    char delimiter,
    int batchCount,
    int parallel,
    long skipBad) {
  /// What a batch of an import says on its transaction.
  static final Keyword BATCH = Keyword.intern("valence.import", "batch");

  static final Keyword ROWS = Keyword.intern("valence.import", "rows");
  static final Keyword FILE = Keyword.intern("valence.import", "file");

  /// Names an entity by the temporary id that the file has for it, while the import goes on.
  static final Keyword KEY = Keyword.intern("valence.import", "key");

  /// What became of an import.
  ///
  /// @param items        in the file, without those that can't be read
  /// @param before       of these, how many an earlier run had transacted
  /// @param refusedCount of these, how many the database refused
  /// @param refused      why; the first of them
  public record Outcome(long items, long before, long refusedCount, List<String> refused) {}
}
