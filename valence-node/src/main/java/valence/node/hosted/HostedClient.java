package valence.node.hosted;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Db;
import valence.api.DbStatus;
import valence.api.LiveQuery;
import valence.api.LogEntry;
import valence.api.QueryRequest;
import valence.api.Transaction;
import valence.api.TxFeed;
import valence.api.TxReport;
import valence.ion.AppInfo;
import valence.node.app.Entrance;
import valence.node.app.UnderWay;

/// The client of one revision's code: what it transacts is recorded as its doing.
public record HostedClient(Client system, AppInfo info) implements Client {
  @Override
  public boolean createDatabase(String dbName) {
    return system.createDatabase(dbName);
  }

  @Override
  public boolean deleteDatabase(String dbName) {
    return system.deleteDatabase(dbName);
  }

  @Override
  public List<String> listDatabases() {
    return system.listDatabases();
  }

  @Override
  public Connection connect(String dbName) {
    return new HostedConnection(system.connect(dbName), info);
  }

  @Override
  public <T extends @Nullable Object> T q(QueryRequest request) {
    return system.q(request);
  }

  @Override
  public void close() {
    // Shared with all other code of the node, which goes on.
  }

  private record HostedConnection(Connection connection, AppInfo info) implements Connection {
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
      if (UnderWay.entrance() == Entrance.TRANSACTION) {
        throw Anomaly.of(
                Anomaly.Category.FORBIDDEN,
                "A transaction function called transact.",
                "It is part of one transaction and returns what that is to say.",
                "Return the tx-data instead.")
            .toException();
      }
      TxReport report = connection.transact(Provenance.add(transaction, info, connection.db()));
      return Provenance.remove(report, transaction.data());
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
}
