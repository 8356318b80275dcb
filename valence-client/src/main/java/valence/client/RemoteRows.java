package valence.client;

import clojure.lang.Keyword;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import valence.api.AnomalyException;
import valence.wire.RowsReader;

/// Rows of an operation, which arrive while they are read: one chunk is held. For one thread.
///
/// Asks the node when the first row is read. A connection that broke off, also because rows were
/// read so slowly that the node gave up, is made anew for the rows that are missing: the value that
/// is read from doesn't change, nor does the order of its rows.
final class RemoteRows<T> implements Iterator<T>, AutoCloseable {
  static final Keyword CHUNK = Keyword.intern("chunk");
  static final Keyword OFFSET = Keyword.intern("offset");
  static final Keyword LIMIT = Keyword.intern("limit");
  static final long CHUNK_ROWS = 1_000;

  private static final int RESUMED_IN_VAIN_MAX = 3;

  private final Requests requests;
  private final String operation;
  private final Map<Keyword, @Nullable Object> request;
  private final Duration patience;
  private final Function<@Nullable Object, T> read;
  private final UUID id = UUID.randomUUID();
  private @Nullable RowsReader reader; // null before the first and after the last
  private Iterator<?> chunk = List.of().iterator();
  private long received;
  private int resumedInVain;
  private boolean ended;

  /// @param patience for each chunk
  RemoteRows(
      Requests requests,
      String operation,
      Map<Keyword, @Nullable Object> request,
      Duration patience,
      Function<@Nullable Object, T> read) {
    this.requests = requests;
    this.operation = operation;
    this.request = request;
    this.patience = patience;
    this.read = read;
  }

  Stream<T> stream() {
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(
                this, Spliterator.ORDERED | Spliterator.IMMUTABLE | Spliterator.NONNULL),
            false)
        .onClose(this::close);
  }

  @Override
  public boolean hasNext() {
    while (!chunk.hasNext() && !ended) {
      advance();
    }
    return chunk.hasNext();
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    received++;
    return read.apply(chunk.next());
  }

  private void advance() {
    RowsReader from = reader;
    if (from == null) {
      open();
      return;
    }
    try {
      Optional<List<?>> next = within(patience, from);
      if (next.isPresent()) {
        chunk = next.get().iterator();
        resumedInVain = 0;
      } else {
        end();
      }
    } catch (IOException e) {
      closeReader();
      if (++resumedInVain > RESUMED_IN_VAIN_MAX) {
        ended = true;
        throw requests.node().unknown("broke the answer off", e);
      }
    } catch (AnomalyException e) {
      end();
      throw e;
    }
  }

  private void open() {
    Map<Keyword, @Nullable Object> rest = new HashMap<>(request);
    rest.put(CHUNK, CHUNK_ROWS);
    rest.put(OFFSET, received);
    rest.put(LIMIT, -1L);
    switch (requests.open(operation, rest, id, patience, false)) {
      case NodeClient.Answered.Chunks(RowsReader rows, _) -> reader = rows;
      case NodeClient.Answered.Whole(var value) -> {
        chunk = value instanceof List<?> rows ? rows.iterator() : List.of().iterator();
        ended = true;
      }
    }
  }

  /// The next chunk; a connection that says nothing for so long is ended, which ends the reading.
  static Optional<List<?>> within(Duration patience, RowsReader from) throws IOException {
    Future<?> watch = CompletableFuture.runAsync(
        () -> closeQuietly(from),
        CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS));
    try {
      return from.next();
    } finally {
      watch.cancel(false);
    }
  }

  private void end() {
    ended = true;
    closeReader();
  }

  private void closeReader() {
    RowsReader open = reader;
    reader = null;
    if (open != null) {
      closeQuietly(open);
    }
  }

  static void closeQuietly(RowsReader reader) {
    try {
      reader.close();
    } catch (IOException e) {
      assert e != null; // nothing more is wanted of it
    }
  }

  /// Ends the work on the node, if there is any left.
  @Override
  public void close() {
    if (reader != null && !ended) {
      end();
      requests.node().cancel(id);
    }
    ended = true;
    chunk = List.of().iterator();
  }
}
