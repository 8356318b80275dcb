package valence.storage.sql;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import valence.api.AnomalyException;

/// Runs work on a connection of the pool, and makes anomalies of what goes wrong.
///
/// @param shown the address, without secrets
record Sql(HikariDataSource pool, String shown) {
  /// Work on a connection, which is its alone until it returns.
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  /// Work that reads, or that can be told again: when it fails, nothing is known to be lost.
  ///
  /// @param deed what it does, such as `read the ref root`
  <T> T run(String deed, Work<T> work) {
    try (Connection connection = pool.getConnection()) {
      return work.on(connection);
    } catch (SQLException e) {
      throw SqlFailures.of(deed + " in " + shown, e);
    }
  }

  /// Work that changes something, once: when it fails after it was sent, it may have happened.
  <T> T change(String what, Work<T> work) {
    Connection taken;
    try {
      taken = pool.getConnection();
    } catch (SQLException e) {
      throw SqlFailures.of("begin " + what + " in " + shown, e);
    }
    try (Connection connection = taken) {
      return work.on(connection);
    } catch (SQLException e) {
      throw SqlFailures.unknown(what, shown, e);
    }
  }

  /// Work in one transaction, committed when it returns, rolled back when it throws.
  static <T> Work<T> transaction(Work<T> work) {
    return connection -> {
      connection.setAutoCommit(false);
      try {
        T result = work.on(connection);
        connection.commit();
        return result;
      } catch (SQLException | AnomalyException e) {
        try {
          connection.rollback();
        } catch (SQLException f) {
          e.addSuppressed(f); // the connection is lost, and the transaction with it
        }
        throw e;
      } finally {
        if (!connection.isClosed()) {
          connection.setAutoCommit(true);
        }
      }
    };
  }
}
