package valence.client;

import clojure.lang.Keyword;
import java.io.IOException;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.wire.RowsReader;

/// The rows of a query, whose number is known and which arrive as they are read. For one thread.
///
/// To go through them holds one chunk. To read them by position keeps those up to there.
final class RemoteSeq extends AbstractList<@Nullable Object> {
  private final Requests requests;
  private final Map<Keyword, @Nullable Object> request;
  private final Duration timeout;
  private final int size;
  private @Nullable RowsReader first; // what the query answered; whoever reads first takes it
  private @Nullable Reading kept;
  private final List<@Nullable Object> read = new ArrayList<>();

  private RemoteSeq(
      Requests requests,
      Map<Keyword, @Nullable Object> request,
      Duration timeout,
      RowsReader first,
      int size) {
    this.requests = requests;
    this.request = request;
    this.timeout = timeout;
    this.first = first;
    this.size = size;
  }

  /// Asks the query, whose rows are found when this returns.
  static List<@Nullable Object> of(
      Requests requests, Map<Keyword, @Nullable Object> request, Duration timeout) {
    return switch (asked(requests, request, timeout)) {
      case NodeClient.Answered.Whole(var value) -> {
        List<@Nullable Object> rows = new ArrayList<>();
        if (value instanceof List<?> all) {
          rows.addAll(all);
        }
        yield rows;
      }
      case NodeClient.Answered.Chunks(RowsReader rows, var count) ->
        new RemoteSeq(
            requests, request, timeout, rows, Math.toIntExact(count.orElse(Integer.MAX_VALUE)));
    };
  }

  private static NodeClient.Answered asked(
      Requests requests, Map<Keyword, @Nullable Object> request, Duration timeout) {
    return requests.open("qseq", request, UUID.randomUUID(), timeout, true);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public @Nullable Object get(int index) {
    Objects.checkIndex(index, size);
    if (kept == null) {
      kept = begin();
    }
    while (read.size() <= index) {
      read.add(kept.next());
    }
    return read.get(index);
  }

  @Override
  public Iterator<@Nullable Object> iterator() {
    return begin();
  }

  private Reading begin() {
    RowsReader rows = first;
    first = null;
    if (rows != null) {
      return new Reading(rows);
    }
    return switch (asked(requests, request, timeout)) {
      case NodeClient.Answered.Chunks(RowsReader again, _) -> new Reading(again);
      case NodeClient.Answered.Whole _ ->
        throw Anomaly.fault("The node answers the same query in another way than before.")
            .toException();
    };
  }

  private final class Reading implements Iterator<@Nullable Object> {
    private final RowsReader rows;
    private Iterator<?> chunk = List.of().iterator();
    private int count;

    Reading(RowsReader rows) {
      this.rows = rows;
    }

    @Override
    public boolean hasNext() {
      return count < size;
    }

    @Override
    public @Nullable Object next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      try {
        while (!chunk.hasNext()) {
          Optional<List<?>> next = RemoteRows.within(timeout, rows);
          chunk = next.orElseThrow(
                  () -> Anomaly.fault("The node sent fewer rows than it said.").toException())
              .iterator();
        }
        count++;
        Object row = chunk.next();
        if (count == size) {
          RemoteRows.closeQuietly(rows);
        }
        return row;
      } catch (IOException e) {
        throw requests.node().unknown("broke the answer off", e);
      }
    }
  }
}
