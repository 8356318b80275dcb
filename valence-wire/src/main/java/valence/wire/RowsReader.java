package valence.wire;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;

/// Reads what a [RowsWriter] wrote, a chunk at a time. Not for many threads.
public final class RowsReader implements AutoCloseable {
  private final Format format;
  private final DataInputStream in;

  /// @param in closed with this
  public RowsReader(Format format, InputStream in) {
    this.format = format;
    this.in = new DataInputStream(in);
  }

  /// The rows of the next chunk; empty at the end. The anomaly that the rows ended with is thrown.
  ///
  /// `EOFException` when the answer broke off.
  public Optional<List<?>> next() throws IOException {
    return switch (format) {
      case BINARY -> nextFrame();
      case EDN, JSON -> nextLine();
    };
  }

  private Optional<List<?>> nextFrame() throws IOException {
    int kind = in.readUnsignedByte();
    int length = in.readInt();
    if (length < 0 || length > EdnBody.BYTES_MAX) {
      throw wrong("a chunk of " + length + " bytes");
    }
    byte[] message = in.readNBytes(length);
    if (message.length < length) {
      throw new EOFException("the answer broke off");
    }
    return kind == RowsWriter.ROWS
        ? Optional.of(rows(format.decode(message, Edn.DEPTH_MAX)))
        : last(format.decode(message, Edn.DEPTH_MAX));
  }

  private Optional<List<?>> nextLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the answer broke off");
      }
      if (line.size() == EdnBody.BYTES_MAX) {
        throw wrong("a line of more than " + EdnBody.BYTES_MAX + " bytes");
      }
      line.write(b);
    }
    Object value = format.decode(line.toByteArray(), Edn.DEPTH_MAX);
    return value instanceof Map<?, ?> map && map.containsKey(EdnBody.key("rows"))
        ? Optional.of(rows(map.get(EdnBody.key("rows"))))
        : last(value);
  }

  private static List<?> rows(@Nullable Object value) {
    if (value instanceof List<?> rows) {
      return rows;
    }
    throw wrong(Edn.printShort(value));
  }

  private static Optional<List<?>> last(@Nullable Object value) {
    return switch (Answer.of(value)) {
      case Answer.Success _ -> Optional.empty();
      case Answer.Failure(Anomaly anomaly) -> throw anomaly.toException();
    };
  }

  private static AnomalyException wrong(String found) {
    return Anomaly.fault(
            "The answer has " + found + " where rows were expected.",
            "Check that client and node are of one version.")
        .toException();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
