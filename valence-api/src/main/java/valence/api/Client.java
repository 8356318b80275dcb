package valence.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A client of one system: its databases by name. Safe for many threads.
public interface Client extends AutoCloseable {
  /// Makes an empty database, ready for use.
  ///
  /// @param dbName letters, digits, `_`, `.` and `-`, at most 128 of them
  /// @return false when it existed before
  boolean createDatabase(String dbName);

  /// Removes a database and all it held.
  ///
  /// @return false when there was none
  boolean deleteDatabase(String dbName);

  /// The names of all databases, sorted.
  List<String> listDatabases();

  /// The connection to a database; `not-found` when there is none of that name.
  Connection connect(String dbName);

  /// The answer to a query; its args name their databases themselves. See [Db#q].
  <T extends @Nullable Object> T q(QueryRequest request);

  /// How a query is run, found out by running it. See [Db#explain].
  default Explanation explain(QueryRequest request) {
    return Explanation.of(this.<@Nullable Object>q(request.withPlan()));
  }

  @Override
  void close();
}
