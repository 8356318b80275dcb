package valence.storage.sql;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.CRC32C;
import valence.api.Anomaly;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.LogStore;
import valence.engine.store.StoreArguments;
import valence.storage.Gate;

/// Logs as rows; see the package for why no two writers get a position, and none is left out.
final class SqlLogStore implements LogStore {
  /// How many bytes of records a reader has in memory, besides its largest record.
  static final int PAGE_BYTES = 4 << 20;

  private static final int PAGE_RECORDS = 1000;

  private static final String BEGIN = """
      WITH begun AS (
        INSERT INTO valence_log (database, next) VALUES (?, 1) ON CONFLICT DO NOTHING RETURNING log)
      INSERT INTO valence_record (log, position, crc32c, bytes) SELECT log, ?, ?, ? FROM begun""";

  private static final String APPEND = """
      WITH moved AS (
        UPDATE valence_log SET next = next + 1 WHERE database = ? AND next = ? RETURNING log)
      INSERT INTO valence_record (log, position, crc32c, bytes) SELECT log, ?, ?, ? FROM moved""";

  /// Of the records between two positions as many as fit, and at least one.
  private static final String PAGE = """
      SELECT position, crc32c, bytes FROM (
        SELECT position, crc32c, bytes,
               sum(octet_length(bytes)) OVER (ORDER BY position) - octet_length(bytes) AS before
        FROM valence_record WHERE log = ? AND position >= ? AND position < ?) AS record
      WHERE before < ? ORDER BY position""";

  private final Sql sql;
  private final Gate gate;

  /// The log of a database as it stood: its number, and the position behind its last record.
  private record Extent(long log, long next) {}

  SqlLogStore(Sql sql, Runnable afterClose) {
    this.sql = sql;
    this.gate = new Gate("log store in " + sql.shown(), afterClose);
  }

  @Override
  public boolean append(DatabaseId database, long position, byte[] bytes) {
    StoreArguments.checkPosition(position);
    StoreArguments.checkRecord(bytes);
    String what = "the append at position " + position + " of database " + database;
    gate.enter();
    try {
      if (sql.change(what, connection -> write(connection, database, position, bytes))) {
        return true;
      }
      long end = extent(database).next();
      if (position > end) {
        throw StoreArguments.pastEnd(database, position, end);
      }
      return false;
    } finally {
      gate.leave();
    }
  }

  private static boolean write(
      Connection connection, DatabaseId database, long position, byte[] bytes) throws SQLException {
    try (PreparedStatement append = connection.prepareStatement(position == 0 ? BEGIN : APPEND)) {
      int next = 1;
      append.setObject(next++, database.uuid());
      if (position > 0) {
        append.setLong(next++, position);
      }
      append.setLong(next++, position);
      append.setInt(next++, checksum(position, bytes));
      append.setBytes(next, bytes);
      return append.executeUpdate() == 1;
    }
  }

  @Override
  public Stream<LogRecord> read(DatabaseId database, long fromPosition) {
    StoreArguments.checkPosition(fromPosition);
    gate.enter();
    try {
      Extent extent = extent(database);
      return fromPosition < extent.next()
          ? StreamSupport.stream(new Records(database, extent, fromPosition), false)
          : Stream.empty();
    } finally {
      gate.leave();
    }
  }

  @Override
  public void delete(DatabaseId database) {
    gate.enter();
    try {
      sql.run("delete the log of database " + database, Sql.transaction(connection -> {
        // The log's row first: it is what a writer waits for.
        try (PreparedStatement delete = connection.prepareStatement(
            "DELETE FROM valence_log WHERE database = ? RETURNING log")) {
          delete.setObject(1, database.uuid());
          try (ResultSet row = delete.executeQuery()) {
            if (row.next()) {
              deleteRecords(connection, row.getLong(1));
            }
          }
        }
        return true;
      }));
    } finally {
      gate.leave();
    }
  }

  private static void deleteRecords(Connection connection, long log) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM valence_record WHERE log = ?")) {
      delete.setLong(1, log);
      delete.executeUpdate();
    }
  }

  @Override
  public void close() {
    gate.close();
  }

  private Extent extent(DatabaseId database) {
    return sql.run("read the log of database " + database, connection -> {
      try (PreparedStatement select =
          connection.prepareStatement("SELECT log, next FROM valence_log WHERE database = ?")) {
        select.setObject(1, database.uuid());
        try (ResultSet row = select.executeQuery()) {
          return row.next() ? new Extent(row.getLong(1), row.getLong(2)) : new Extent(0, 0);
        }
      }
    });
  }

  private static int checksum(long position, byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(Long.BYTES).putLong(position).flip());
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /// The records of a log as it stood when the read began, a page in memory at a time.
  private final class Records extends Spliterators.AbstractSpliterator<LogRecord> {
    private final DatabaseId database;
    private final Extent extent;
    private long next;
    private List<LogRecord> page = List.of();
    private int inPage;

    Records(DatabaseId database, Extent extent, long from) {
      super(extent.next() - from, Spliterator.ORDERED | Spliterator.NONNULL);
      this.database = database;
      this.extent = extent;
      this.next = from;
    }

    @Override
    public boolean tryAdvance(Consumer<? super LogRecord> action) {
      if (next == extent.next()) {
        return false;
      }
      if (inPage == page.size()) {
        page = List.of(); // freed before the next is read
        page = page(next);
        inPage = 0;
      }
      next++;
      action.accept(page.get(inPage++));
      return true;
    }

    private List<LogRecord> page(long from) {
      gate.enter();
      try {
        List<LogRecord> records =
            sql.run("read the log of database " + database, connection -> rows(connection, from));
        if (records.isEmpty()) {
          throw missing(from);
        }
        return records;
      } finally {
        gate.leave();
      }
    }

    private List<LogRecord> rows(Connection connection, long from) throws SQLException {
      try (PreparedStatement select = connection.prepareStatement(PAGE)) {
        select.setLong(1, extent.log());
        select.setLong(2, from);
        select.setLong(3, Math.min(from + PAGE_RECORDS, extent.next()));
        select.setLong(4, PAGE_BYTES);
        List<LogRecord> records = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
          while (row.next()) {
            long position = from + records.size();
            if (row.getLong(1) != position) {
              throw missing(position);
            }
            byte[] bytes = row.getBytes(3);
            if (row.getInt(2) != checksum(position, bytes)) {
              throw SqlFailures.damaged(
                  "record at position " + position + " of database " + database,
                  "its checksum is wrong");
            }
            records.add(new LogRecord(position, bytes));
          }
        }
        return records;
      }
    }

    private RuntimeException missing(long position) {
      if (extent(database).log() == extent.log()) {
        return SqlFailures.damaged(
            "log of database " + database, "position " + position + " is missing");
      }
      return Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "The log of database " + database + " was deleted while it was read.",
              "Read it again to see what is there now.")
          .toException();
    }
  }
}
