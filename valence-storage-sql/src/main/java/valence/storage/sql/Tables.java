package valence.storage.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;

/// The tables, which the package describes, and their format.
final class Tables {
  private static final Logger LOG = LoggerFactory.getLogger(Tables.class);

  private static final int FORMAT = 1;

  /// Of all who open a storage in this database one at a time makes tables: any number will do, as
  /// long as it stays the same ("valence" as digits on a telephone).
  private static final long LOCK = 8253623L;

  /// Bytes are stored as they are: they come compressed, or encrypted.
  private static final String[] CREATE = {
    """
    CREATE TABLE valence_format (
      only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
      format int NOT NULL)""",
    """
    CREATE TABLE valence_log (
      database uuid PRIMARY KEY,
      log bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
      next bigint NOT NULL)""",
    """
    CREATE TABLE valence_record (
      log bigint, position bigint, crc32c int NOT NULL, bytes bytea NOT NULL,
      PRIMARY KEY (log, position))""",
    """
    CREATE TABLE valence_ref (
      name text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, bytes bytea)""",
    """
    CREATE TABLE valence_blob (
      id bytea, part int, size bigint NOT NULL, bytes bytea NOT NULL,
      PRIMARY KEY (id, part))""",
    "ALTER TABLE valence_record ALTER COLUMN bytes SET STORAGE EXTERNAL",
    "ALTER TABLE valence_ref ALTER COLUMN bytes SET STORAGE EXTERNAL",
    "ALTER TABLE valence_blob ALTER COLUMN bytes SET STORAGE EXTERNAL",
    // The row of a busy log is updated with each append; room for that in its page.
    "ALTER TABLE valence_log SET (fillfactor = 20)",
    "INSERT INTO valence_format (format) VALUES (" + FORMAT + ")",
  };

  private Tables() {}

  /// Makes the tables when there are none, in one transaction; refuses those of a later version.
  static void prepare(Sql sql) {
    sql.run("open the storage", Sql.transaction(connection -> {
      if (!exist(connection)) {
        try (Statement statement = connection.createStatement()) {
          statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
          if (!exist(connection)) {
            for (String create : CREATE) {
              statement.execute(create);
            }
          }
        }
      }
      requireFormat(connection, sql.shown());
      if (setting(connection, "SHOW fsync").equals("off")) {
        LOG.warn("storage-not-durable storage={} fsync=off", sql.shown());
      }
      return true;
    }));
  }

  /// Asks the catalogue as a table: `to_regclass` would answer from what the session knew before it
  /// waited for the lock.
  private static boolean exist(Connection connection) throws SQLException {
    return setting(connection, """
        SELECT count(*) FROM pg_catalog.pg_class
        WHERE relname = 'valence_format' AND pg_table_is_visible(oid)""").equals("1");
  }

  private static void requireFormat(Connection connection, String shown) throws SQLException {
    int format = Integer.parseInt(setting(connection, "SELECT format FROM valence_format"));
    if (format != FORMAT) {
      throw Anomaly.of(
              Anomaly.Category.UNSUPPORTED,
              "The storage in " + shown + " has format " + format + ".",
              "This version of Valence knows format " + FORMAT + ".",
              "Open it with the version that wrote it, or a later one.")
          .with("format", (long) format)
          .toException();
    }
  }

  private static String setting(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      if (!row.next()) {
        throw SqlFailures.damaged("table valence_format", "it has no row");
      }
      return row.getString(1);
    }
  }
}
