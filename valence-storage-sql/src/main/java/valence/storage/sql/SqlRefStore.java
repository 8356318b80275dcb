package valence.storage.sql;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import valence.engine.store.RefStore;
import valence.engine.store.StoreArguments;
import valence.storage.Gate;

/// Refs as one row each; a deleted one has no bytes, and keeps its last version.
final class SqlRefStore implements RefStore {
  private final Sql sql;
  private final Gate gate;

  SqlRefStore(Sql sql, Runnable afterClose) {
    this.sql = sql;
    this.gate = new Gate("ref store in " + sql.shown(), afterClose);
  }

  @Override
  public Optional<Ref> get(String name) {
    StoreArguments.checkRefName(name);
    gate.enter();
    try {
      return sql.run("read the ref " + name, connection -> {
        try (PreparedStatement select = connection.prepareStatement(
            "SELECT version, bytes FROM valence_ref WHERE name = ? AND bytes IS NOT NULL")) {
          select.setString(1, name);
          try (ResultSet row = select.executeQuery()) {
            return row.next()
                ? Optional.of(new Ref(row.getLong(1), row.getBytes(2)))
                : Optional.empty();
          }
        }
      });
    } finally {
      gate.leave();
    }
  }

  @Override
  public boolean compareAndSet(String name, long expectedVersion, byte[] bytes) {
    StoreArguments.checkRefName(name);
    StoreArguments.checkRefValue(name, bytes);
    return expectedVersion == ABSENT
        ? changed("setting the ref " + name, """
            INSERT INTO valence_ref AS ref (bytes, name, version) VALUES (?, ?, 1)
            ON CONFLICT (name) DO UPDATE SET version = ref.version + 1, bytes = excluded.bytes
            WHERE ref.bytes IS NULL""", bytes, name)
        : changed("setting the ref " + name, """
            UPDATE valence_ref SET bytes = ?, version = version + 1
            WHERE name = ? AND version = ? AND bytes IS NOT NULL""", bytes, name, expectedVersion);
  }

  @Override
  public boolean compareAndDelete(String name, long expectedVersion) {
    StoreArguments.checkRefName(name);
    return changed("deleting the ref " + name, """
        UPDATE valence_ref SET bytes = NULL
        WHERE name = ? AND version = ? AND bytes IS NOT NULL""", name, expectedVersion);
  }

  @Override
  public List<String> list(String prefix) {
    StoreArguments.checkRefPrefix(prefix);
    gate.enter();
    try {
      return sql.run("list the refs", connection -> {
        try (PreparedStatement select = connection.prepareStatement("""
            SELECT name FROM valence_ref
            WHERE starts_with(name, ?) AND bytes IS NOT NULL ORDER BY name""")) {
          select.setString(1, prefix);
          List<String> names = new ArrayList<>();
          try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
              names.add(row.getString(1));
            }
          }
          return List.copyOf(names);
        }
      });
    } finally {
      gate.leave();
    }
  }

  @Override
  public void close() {
    gate.close();
  }

  private boolean changed(String what, String statement, Object... arguments) {
    gate.enter();
    try {
      return sql.change(what, connection -> {
        try (PreparedStatement change = connection.prepareStatement(statement)) {
          for (int i = 0; i < arguments.length; i++) {
            change.setObject(i + 1, arguments[i]);
          }
          return change.executeUpdate() == 1;
        }
      });
    } finally {
      gate.leave();
    }
  }
}
