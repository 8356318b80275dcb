package valence.engine.segment;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import valence.engine.index.DistinctCounts;
import valence.engine.store.BlobId;

/// [DistinctCounts] as a blob: a header, then columns as those of a segment's body.
public final class DistinctBlock {
  private static final int MAGIC = 0x5453_4456; // "VDST"
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 16;
  private static final int CHECKSUM_AT = 12;

  /// As many as there can be attributes.
  private static final int ATTRIBUTES_MAX = 1 << 20;

  private DistinctBlock() {}

  /// The bytes of counts; equal ones of equal counts.
  public static ByteBuffer write(DistinctCounts counts) {
    Map<Integer, DistinctCounts.Of> sorted = new TreeMap<>(counts.byAttribute());
    int count = sorted.size();
    long[] attributes = new long[count];
    long[] values = new long[count];
    long[] entities = new long[count];
    int next = 0;
    for (Map.Entry<Integer, DistinctCounts.Of> each : sorted.entrySet()) {
      attributes[next] = each.getKey();
      values[next] = each.getValue().values();
      entities[next++] = each.getValue().entities();
    }
    Output body = new Output();
    ColumnWriter.write(attributes, count, body);
    ColumnWriter.write(values, count, body);
    ColumnWriter.write(entities, count, body);
    body.i64(0); // the padding
    ByteBuffer columns = body.toBuffer();
    ByteBuffer block =
        ByteBuffer.allocate(HEADER_BYTES + columns.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    block.putInt(MAGIC).put((byte) VERSION).put(new byte[3]).putInt(count).putInt(0);
    block.put(columns).flip();
    block.putInt(CHECKSUM_AT, checksum(block));
    return block;
  }

  /// Whether a blob begins as one with counts.
  public static boolean isOne(ByteBuffer bytes) {
    return bytes.remaining() >= HEADER_BYTES
        && bytes.slice().order(ByteOrder.LITTLE_ENDIAN).getInt(0) == MAGIC;
  }

  /// Reads and checks counts; `fault` for what isn't such a blob.
  ///
  /// @param id    for messages
  /// @param bytes from position to limit
  public static DistinctCounts read(BlobId id, ByteBuffer bytes) {
    ByteBuffer block = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    if (!isOne(block)) {
      throw Input.damaged(id, "it doesn't begin as counts of different values do")
          .toException();
    }
    if (block.get(4) != VERSION) {
      throw Input.damaged(id, "its version is " + block.get(4) + ", not " + VERSION)
          .toException();
    }
    if (block.getInt(CHECKSUM_AT) != checksum(block)) {
      throw Input.damaged(id, "its checksum doesn't match").toException();
    }
    int count = block.getInt(8);
    if (count < 0 || count > ATTRIBUTES_MAX) {
      throw Input.damaged(id, "a count of " + count + " exceeds " + ATTRIBUTES_MAX)
          .toException();
    }
    Input in = new Input(id, block.slice(HEADER_BYTES, block.limit() - HEADER_BYTES));
    LongColumn attributes = LongColumn.readBelow(in, count, Integer.MAX_VALUE);
    LongColumn values = LongColumn.read(in, count);
    LongColumn entities = LongColumn.read(in, count);
    in.expectEnd();
    Map<Integer, DistinctCounts.Of> all = new HashMap<>();
    for (int i = 0; i < count; i++) {
      boolean ascends = i == 0 || attributes.at(i - 1) < attributes.at(i);
      if (!ascends || values.at(i) < 1 || entities.at(i) < 1) {
        throw in.damaged("attribute " + attributes.at(i) + " has " + values.at(i)
            + " different values and " + entities.at(i) + " entities");
      }
      all.put((int) attributes.at(i), new DistinctCounts.Of(values.at(i), entities.at(i)));
    }
    return new DistinctCounts(Collections.unmodifiableMap(all));
  }

  private static int checksum(ByteBuffer block) {
    CRC32C crc = new CRC32C();
    crc.update(block.slice(0, CHECKSUM_AT));
    crc.update(block.slice(HEADER_BYTES, block.limit() - HEADER_BYTES));
    return (int) crc.getValue();
  }

  /// Counts in words, for people: a line for each attribute.
  public static String inspect(BlobId id, ByteBuffer bytes) {
    StringBuilder text = new StringBuilder("counts ")
        .append(id)
        .append("\n  different values and entities, by attribute id");
    new TreeMap<>(read(id, bytes).byAttribute())
        .forEach((attribute, of) -> text.append("\n  ")
            .append(attribute)
            .append(": ")
            .append(of.values())
            .append(" values, ")
            .append(of.entities())
            .append(" entities"));
    return text.toString();
  }
}
