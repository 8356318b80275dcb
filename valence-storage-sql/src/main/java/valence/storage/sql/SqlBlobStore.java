package valence.storage.sql;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import valence.engine.store.BlobId;
import valence.engine.store.BlobStore;
import valence.engine.store.StoreArguments;
import valence.storage.Gate;

/// Blobs as rows of a part each: most are one.
final class SqlBlobStore implements BlobStore {
  static final int PART_BYTES = 1 << 20;

  /// What is sent before an answer is waited for, at most.
  private static final int BATCH_BYTES = 4 << 20;

  private static final int BATCH_ROWS = 500;
  private static final int PAGE_IDS = 1000;

  private static final String INSERT = """
      INSERT INTO valence_blob (id, part, size, bytes) VALUES (?, ?, ?, ?)
      ON CONFLICT DO NOTHING""";

  private final Sql sql;
  private final Gate gate;
  private final boolean sealed;

  SqlBlobStore(Sql sql, Runnable afterClose) {
    this(sql, new Gate("blob store in " + sql.shown(), afterClose), false);
  }

  private SqlBlobStore(Sql sql, Gate gate, boolean sealed) {
    this.sql = sql;
    this.gate = gate;
    this.sealed = sealed;
  }

  @Override
  public BlobStore sealed() {
    return new SqlBlobStore(sql, gate, true);
  }

  @Override
  public void put(BlobId id, ByteBuffer bytes) {
    check(id, bytes);
    if (bytes.remaining() > PART_BYTES && contains(id)) {
      return; // before all of it is sent in vain
    }
    write("write the blob " + id, Map.of(id, bytes));
  }

  @Override
  public void putAll(Map<BlobId, ByteBuffer> blobs) {
    blobs.forEach(this::check);
    write("write " + blobs.size() + " blobs", blobs);
  }

  private void write(String deed, Map<BlobId, ByteBuffer> blobs) {
    // In order, so that of two who put the same ones none waits for the other in a circle.
    Map<String, ByteBuffer> ordered = new TreeMap<>();
    blobs.forEach((id, bytes) -> ordered.put(id.hex(), bytes));
    Sql.Work<Boolean> insert = connection -> insert(connection, ordered);
    boolean one =
        ordered.size() == 1 && ordered.values().iterator().next().remaining() <= PART_BYTES;
    gate.enter();
    try {
      sql.run(deed, one ? insert : Sql.transaction(insert));
    } finally {
      gate.leave();
    }
  }

  /// First parts first: whoever has inserted that of a blob, and nobody else, inserts the others.
  private static boolean insert(Connection connection, Map<String, ByteBuffer> blobs)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      Batch batch = new Batch(insert);
      for (Map.Entry<String, ByteBuffer> blob : blobs.entrySet()) {
        batch.add(blob.getKey(), 0, blob.getValue());
      }
      batch.send();
      List<String> inserted = batch.inserted();
      Batch others = new Batch(insert);
      for (String id : inserted) {
        ByteBuffer bytes = requireNonNull(blobs.get(id));
        for (int part = 1; (long) part * PART_BYTES < bytes.remaining(); part++) {
          others.add(id, part, bytes);
        }
      }
      others.send();
    }
    return true;
  }

  /// Rows to insert, sent some at a time.
  private static final class Batch {
    private final PreparedStatement insert;
    private final List<String> waiting = new ArrayList<>();
    private final List<String> inserted = new ArrayList<>();
    private long bytesWaiting;

    Batch(PreparedStatement insert) {
      this.insert = insert;
    }

    void add(String id, int part, ByteBuffer blob) throws SQLException {
      int from = part * PART_BYTES;
      byte[] bytes = new byte[Math.min(blob.remaining() - from, PART_BYTES)];
      blob.get(blob.position() + from, bytes);
      insert.setBytes(1, HexFormat.of().parseHex(id));
      insert.setInt(2, part);
      insert.setLong(3, blob.remaining());
      insert.setBytes(4, bytes);
      insert.addBatch();
      waiting.add(id);
      bytesWaiting += bytes.length;
      if (waiting.size() >= BATCH_ROWS || bytesWaiting >= BATCH_BYTES) {
        send();
      }
    }

    void send() throws SQLException {
      int[] counts = insert.executeBatch();
      for (int i = 0; i < counts.length; i++) {
        if (counts[i] == 1) {
          inserted.add(waiting.get(i));
        }
      }
      waiting.clear();
      bytesWaiting = 0;
    }

    /// The ids of the rows that weren't there.
    List<String> inserted() {
      return inserted;
    }
  }

  @Override
  public Optional<ByteBuffer> get(BlobId id) {
    gate.enter();
    try {
      // In a transaction the driver fetches a few rows at a time, of one moment.
      Optional<ByteBuffer> found =
          sql.run("read the blob " + id, Sql.transaction(connection -> select(connection, id)));
      if (found.isPresent() && !sealed && !BlobId.of(found.get()).equals(id)) {
        throw SqlFailures.damaged("blob " + id, "its bytes don't have the SHA-256 that is its id");
      }
      return found.map(ByteBuffer::asReadOnlyBuffer);
    } finally {
      gate.leave();
    }
  }

  private static Optional<ByteBuffer> select(Connection connection, BlobId id) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(
        "SELECT part, size, bytes FROM valence_blob WHERE id = ? ORDER BY part")) {
      select.setFetchSize(BATCH_BYTES / PART_BYTES);
      select.setBytes(1, bytes(id));
      try (ResultSet row = select.executeQuery()) {
        ByteBuffer whole = null;
        int part = 0;
        while (row.next()) {
          byte[] bytes = row.getBytes(3);
          if (whole == null) {
            whole = ByteBuffer.allocate(size(id, row.getLong(2)));
          }
          if (row.getInt(1) != part++ || bytes.length > whole.remaining()) {
            throw SqlFailures.damaged("blob " + id, "its parts don't fit together");
          }
          whole.put(bytes);
        }
        if (whole != null && whole.hasRemaining()) {
          throw SqlFailures.damaged("blob " + id, "a part of it is missing");
        }
        return Optional.ofNullable(whole).map(ByteBuffer::flip);
      }
    }
  }

  private static int size(BlobId id, long size) {
    if (size < 0 || size > BLOB_BYTES_MAX + StoreArguments.SEAL_BYTES_MAX) {
      throw SqlFailures.damaged("blob " + id, "its size is " + size);
    }
    return (int) size;
  }

  @Override
  public boolean contains(BlobId id) {
    gate.enter();
    try {
      return sql.run("look for the blob " + id, connection -> {
        try (PreparedStatement select =
            connection.prepareStatement("SELECT 1 FROM valence_blob WHERE id = ? AND part = 0")) {
          select.setBytes(1, bytes(id));
          try (ResultSet row = select.executeQuery()) {
            return row.next();
          }
        }
      });
    } finally {
      gate.leave();
    }
  }

  @Override
  public void delete(BlobId id) {
    gate.enter();
    try {
      sql.run("delete the blob " + id, connection -> {
        try (PreparedStatement delete =
            connection.prepareStatement("DELETE FROM valence_blob WHERE id = ?")) {
          delete.setBytes(1, bytes(id));
          return delete.executeUpdate();
        }
      });
    } finally {
      gate.leave();
    }
  }

  /// Holds [#PAGE_IDS] ids at a time, and no connection between two pages.
  @Override
  public Stream<BlobId> list() {
    return Stream.iterate(
            page(new byte[0]), page -> !page.isEmpty(), page -> page(bytes(page.getLast())))
        .flatMap(List::stream);
  }

  private List<BlobId> page(byte[] after) {
    gate.enter();
    try {
      return sql.run("list the blobs", connection -> {
        try (PreparedStatement select = connection.prepareStatement("""
            SELECT id FROM valence_blob WHERE id > ? AND part = 0 ORDER BY id LIMIT ?""")) {
          select.setBytes(1, after);
          select.setInt(2, PAGE_IDS);
          List<BlobId> ids = new ArrayList<>();
          try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
              ids.add(new BlobId(HexFormat.of().formatHex(row.getBytes(1))));
            }
          }
          return ids;
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

  private void check(BlobId id, ByteBuffer bytes) {
    if (sealed) {
      StoreArguments.checkSealedBlob(bytes);
    } else {
      StoreArguments.checkBlob(id, bytes);
    }
  }

  private static byte[] bytes(BlobId id) {
    return HexFormat.of().parseHex(id.hex());
  }
}
