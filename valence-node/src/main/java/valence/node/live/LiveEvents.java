package valence.node.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.LiveChange;
import valence.node.http.EventStream;
import valence.wire.Format;

/// Changes as events: `result` with all rows, `change` with those added and removed, `end` when the
/// client is to come again, `failure` when that won't help as things are.
///
/// The data is a map in EDN or JSON, a row to a line.
final class LiveEvents {
  private final EventStream stream;
  private final Format format;

  LiveEvents(EventStream stream, Format format) {
    this.stream = stream;
    this.format = format;
  }

  void change(LiveChange change) throws IOException {
    List<Part> parts = new ArrayList<>();
    parts.add(new Part.Value("t", change.t()));
    change.basis().ifPresent(basis -> parts.add(new Part.Value("basis", basis)));
    if (change.isWhole()) {
      parts.add(new Part.Rows("rows", change.added()));
    } else {
      parts.add(new Part.Rows("added", change.added()));
      parts.add(new Part.Rows("removed", change.removed()));
    }
    stream.event(
        change.isWhole() ? "result" : "change", Long.toString(change.t()), () -> lines(parts));
  }

  void end(String reason) throws IOException {
    List<Part> parts = List.of(new Part.Value("reason", reason));
    stream.event("end", "", () -> lines(parts));
  }

  void failure(Anomaly anomaly) throws IOException {
    stream.event("failure", "", List.of(format.encode(anomaly.toMap())));
  }

  void beat() throws IOException {
    stream.beat();
  }

  /// A key of an event's data and what is under it.
  private sealed interface Part {
    String key();

    record Value(String key, Object value) implements Part {}

    record Rows(String key, List<@Nullable Object> rows) implements Part {}
  }

  private Iterator<byte[]> lines(List<Part> parts) {
    List<Iterator<byte[]>> all = new ArrayList<>();
    String before = "{";
    for (Part part : parts) {
      String key =
          before + (format == Format.JSON ? "\"" + part.key() + "\":" : ":" + part.key() + " ");
      before = format == Format.JSON ? "," : " ";
      switch (part) {
        case Part.Value(_, Object value) ->
          all.add(List.of(joined(key, format.encode(value), "")).iterator());
        case Part.Rows(_, var rows) -> {
          all.add(List.of((key + "[").getBytes(UTF_8)).iterator());
          all.add(encoded(rows));
          all.add(List.of("]".getBytes(UTF_8)).iterator());
        }
      }
    }
    all.add(List.of("}".getBytes(UTF_8)).iterator());
    return new Chain(all.iterator());
  }

  /// Each row when it is written, and not before.
  private Iterator<byte[]> encoded(List<@Nullable Object> rows) {
    Iterator<@Nullable Object> each = rows.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return each.hasNext();
      }

      @Override
      public byte[] next() {
        byte[] row = format.encode(each.next());
        return each.hasNext() && format == Format.JSON ? joined("", row, ",") : row;
      }
    };
  }

  private static byte[] joined(String before, byte[] text, String after) {
    byte[] first = before.getBytes(UTF_8);
    byte[] last = after.getBytes(UTF_8);
    byte[] all = new byte[first.length + text.length + last.length];
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(text, 0, all, first.length, text.length);
    System.arraycopy(last, 0, all, first.length + text.length, last.length);
    return all;
  }

  /// One iterator after the other.
  private static final class Chain implements Iterator<byte[]> {
    private final Iterator<Iterator<byte[]>> rest;
    private Iterator<byte[]> now = List.<byte[]>of().iterator();

    Chain(Iterator<Iterator<byte[]>> rest) {
      this.rest = rest;
    }

    @Override
    public boolean hasNext() {
      while (!now.hasNext() && rest.hasNext()) {
        now = rest.next();
      }
      return now.hasNext();
    }

    @Override
    public byte[] next() {
      if (!hasNext()) {
        throw new java.util.NoSuchElementException();
      }
      return now.next();
    }
  }
}
