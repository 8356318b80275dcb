package valence.node.hosted;

import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Connection;
import valence.api.Db;
import valence.api.DbStatus;
import valence.api.LiveQuery;
import valence.api.LogEntry;
import valence.api.QueryRequest;
import valence.api.Transaction;
import valence.api.TxFeed;
import valence.api.TxReport;

/// A connection to a database of the system's own.
record ReadOnlyConnection(Connection connection) implements Connection {
  @Override
  public String dbName() {
    return connection.dbName();
  }

  @Override
  public Db db() {
    return connection.db();
  }

  @Override
  public TxReport transact(Transaction transaction) {
    throw SystemClient.reserved(dbName());
  }

  @Override
  public Db sync() {
    return connection.sync();
  }

  @Override
  public Db sync(long t) {
    return connection.sync(t);
  }

  @Override
  public Db syncExcise(long t) {
    return connection.syncExcise(t);
  }

  @Override
  public DbStatus status() {
    return connection.status();
  }

  @Override
  public TxFeed txFeed(Object start) {
    return connection.txFeed(start);
  }

  @Override
  public LiveQuery live(QueryRequest query, OptionalLong after) {
    return connection.live(query, after);
  }

  @Override
  public Stream<LogEntry> txRange(@Nullable Object start, @Nullable Object end) {
    return connection.txRange(start, end);
  }
}
