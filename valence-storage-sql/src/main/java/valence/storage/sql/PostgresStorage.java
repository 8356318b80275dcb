package valence.storage.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import valence.api.Anomaly;
import valence.engine.store.Storage;

/// Opens the storage in a PostgreSQL database.
final class PostgresStorage {
  /// Connections of one process; who finds none waits, and is told `unavailable` in the end.
  private static final int CONNECTIONS_MAX = 10;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /// How long a thread waits for a connection of the pool.
  private static final Duration POOL_TIMEOUT = Duration.ofSeconds(15);

  /// How long a statement may take, on the server, its waiting for locks included.
  private static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(60);

  /// How long the server may be silent: it should have given up the statement before.
  private static final Duration SOCKET_TIMEOUT = STATEMENT_TIMEOUT.plusSeconds(15);

  private static final int STORE_COUNT = 3;

  /// Sent to each new connection. Whoever asked for more durability than `on` keeps it.
  private static final String SESSION = """
      SELECT set_config('statement_timeout', '%d', false),
             set_config('idle_in_transaction_session_timeout', '%d', false),
             set_config('synchronous_commit',
                 CASE current_setting('synchronous_commit')
                   WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)""";

  private PostgresStorage() {}

  /// Opens the storage, and makes its tables when there are none.
  ///
  /// @param user     null for that of the address, or of this process
  /// @param password null for that of the address, or of `.pgpass`
  static Storage open(String url, @Nullable String user, @Nullable String password) {
    String shown = shown(url);
    HikariConfig config = new HikariConfig();
    config.setDataSource(source(url, shown, user, password));
    config.setPoolName("valence-storage");
    config.setMaximumPoolSize(CONNECTIONS_MAX);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(POOL_TIMEOUT.toMillis());
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    long timeout = STATEMENT_TIMEOUT.toMillis();
    config.setConnectionInitSql(SESSION.formatted(timeout, timeout));
    HikariDataSource pool;
    try {
      pool = new HikariDataSource(config);
    } catch (HikariPool.PoolInitializationException e) {
      throw SqlFailures.of("connect to " + shown, sqlCause(e));
    }
    Sql sql = new Sql(pool, shown);
    try {
      Tables.prepare(sql);
    } catch (RuntimeException | Error e) {
      pool.close();
      throw e;
    }
    AtomicInteger openCount = new AtomicInteger(STORE_COUNT);
    Runnable closed = () -> {
      if (openCount.decrementAndGet() == 0) {
        pool.close();
      }
    };
    return new Storage(
        new SqlLogStore(sql, closed), new SqlRefStore(sql, closed), new SqlBlobStore(sql, closed));
  }

  private static PGSimpleDataSource source(
      String url, String shown, @Nullable String user, @Nullable String password) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    try {
      source.setUrl(url);
    } catch (IllegalArgumentException _) { // its message has the address, with the password
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "The address " + shown + " can't be understood.",
              "Expected jdbc:postgresql://host:port/database, with parameters as the driver has"
                  + " them.")
          .toException();
    }
    if (user != null) {
      source.setUser(user);
    }
    if (password != null) {
      source.setPassword(password);
    }
    source.setConnectTimeout((int) CONNECT_TIMEOUT.toSeconds());
    source.setLoginTimeout((int) CONNECT_TIMEOUT.toSeconds());
    source.setSocketTimeout((int) SOCKET_TIMEOUT.toSeconds());
    source.setTcpKeepAlive(true);
    source.setPrepareThreshold(-1); // binary from the first use: as text, bytes are twice as long
    source.setApplicationName("valence");
    return source;
  }

  /// An address as far as it holds no secret.
  static String shown(String url) {
    int parameters = url.indexOf('?');
    String address = parameters < 0 ? url : url.substring(0, parameters);
    return address.replaceFirst("//[^/]*@", "//");
  }

  private static SQLException sqlCause(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof SQLException sql) {
        return sql;
      }
    }
    return new SQLException(failure);
  }
}
