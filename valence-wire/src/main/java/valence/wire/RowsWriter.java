package valence.wire;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// An answer whose rows come in chunks, as many as there are. Not for many threads.
///
/// In text each chunk is a line, `{:rows [row …]}`, in bytes a frame: a byte that is 0, the length
/// of a message in 4 bytes, and the message, a vector of rows. The last line or frame (a byte that
/// is 1) is an [Answer]: `{:ok n}` after n rows, or the anomaly that the rows ended with. An answer
/// without it was broken off.
public final class RowsWriter {
  /// A chunk is ended when it is so long, however few rows it has.
  public static final int CHUNK_BYTES = 256 << 10;

  static final int ROWS = 0;
  static final int LAST = 1;

  private final Format format;
  private final int rowsMax;
  private @Nullable JsonWriter json; // of the chunk that is being written
  private @Nullable BinaryWriter binary;
  private @Nullable StringBuilder edn;
  private int rows;
  private long total;

  /// @param rowsMax of a chunk
  public RowsWriter(Format format, int rowsMax) {
    this.format = format;
    this.rowsMax = rowsMax;
    begin();
  }

  private void begin() {
    rows = 0;
    json = format == Format.JSON ? new JsonWriter(EdnBody.BYTES_MAX) : null;
    binary = format == Format.BINARY ? new BinaryWriter(EdnBody.BYTES_MAX) : null;
    edn = format == Format.EDN ? new StringBuilder("{:rows [") : null;
    if (json != null) {
      json.raw("{\"rows\":[");
    }
  }

  /// Adds a row; true when the chunk is then to be [#take]n.
  public boolean add(@Nullable Object row) {
    int length;
    if (json != null) {
      json.raw(rows == 0 ? "" : ",");
      json.write(row);
      length = json.length();
    } else if (binary != null) {
      binary.write(row);
      length = binary.length();
    } else if (edn != null) {
      edn.append(rows == 0 ? "" : " ").append(EdnBody.text(row));
      length = edn.length();
    } else {
      throw new AssertionError(format);
    }
    rows++;
    total++;
    return rows >= rowsMax || length >= CHUNK_BYTES;
  }

  /// How many rows were added, since the begin.
  public long total() {
    return total;
  }

  /// Whether the chunk has no rows.
  public boolean isEmpty() {
    return rows == 0;
  }

  /// The chunk; the next one begins.
  public byte[] take() {
    byte[] chunk;
    if (json != null) {
      json.raw("]}\n");
      chunk = json.toBytes();
    } else if (binary != null) {
      BinaryWriter head = new BinaryWriter(16);
      head.header();
      head.vector(rows);
      chunk = framed(ROWS, head.toBytes(), binary.toBytes());
    } else if (edn != null) {
      chunk = edn.append("]}\n").toString().getBytes(StandardCharsets.UTF_8);
    } else {
      throw new AssertionError(format);
    }
    begin();
    return chunk;
  }

  /// The end, after the last chunk.
  public byte[] end(Answer answer) {
    byte[] message = answer.encode(format);
    if (format == Format.BINARY) {
      return framed(LAST, message, new byte[0]);
    }
    byte[] line = java.util.Arrays.copyOf(message, message.length + 1);
    line[message.length] = '\n';
    return line;
  }

  private static byte[] framed(int kind, byte[] head, byte[] body) {
    int length = head.length + body.length;
    java.nio.ByteBuffer frame = java.nio.ByteBuffer.allocate(5 + length);
    frame.put((byte) kind).putInt(length).put(head).put(body);
    return frame.array();
  }
}
