package valence.engine.log;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import valence.api.LogEntry;
import valence.engine.store.DatabaseId;
import valence.engine.store.LogRecord;
import valence.engine.store.LogStore;

/// What the transactions of a storage's logs said, as programs see it. What was read last and most
/// often is kept, because programs follow the ends of logs: a record never changes, so that many
/// feeds share what one of them has decoded.
public final class LogEntries {
  /// What a datom, its value and its place in a list take, about.
  private static final int DATOM_BYTES = 64;

  private final LogStore store;
  private final Cache<Place, List<LogEntry>> kept;

  private record Place(DatabaseId log, long position) {}

  /// @param bytesMax what is kept takes at most, about
  public LogEntries(LogStore store, long bytesMax) {
    this.store = store;
    this.kept = Caffeine.newBuilder()
        .maximumWeight(bytesMax)
        .weigher((Place place, List<LogEntry> entries) -> weight(entries))
        .executor(Runnable::run) // upkeep is short; it may run on whoever reads
        .build();
  }

  /// What the transactions from t on said, up to the log's known end, oldest first, read as
  /// consumed; to be closed. It ends early when the log is deleted meanwhile.
  public Stream<LogEntry> from(TransactionLog log, long t) {
    Records records = new Records(log, log.recordOf(t));
    return StreamSupport.stream(records, false)
        .onClose(records::close)
        .flatMap(List::stream)
        .dropWhile(entry -> entry.t() < t);
  }

  /// Keeps nothing of a log that was deleted: what it said may have to be forgotten.
  public void forget(DatabaseId log) {
    kept.asMap().keySet().removeIf(place -> place.log().equals(log));
  }

  private static int weight(List<LogEntry> entries) {
    long bytes = DATOM_BYTES;
    for (LogEntry entry : entries) {
      bytes += (1L + entry.data().size()) * DATOM_BYTES;
    }
    return (int) Math.min(Integer.MAX_VALUE, bytes);
  }

  /// Goes through the records of a log, and to the storage only where one isn't kept.
  private final class Records extends AbstractSpliterator<List<LogEntry>> {
    private final TransactionLog log;
    private long position;
    private @Nullable Stream<LogRecord> open; // at the position, when there is one
    private @Nullable Iterator<LogRecord> unread;

    Records(TransactionLog log, long position) {
      super(Long.MAX_VALUE, ORDERED | NONNULL | IMMUTABLE);
      this.log = log;
      this.position = position;
    }

    @Override
    public boolean tryAdvance(Consumer<? super List<LogEntry>> action) {
      if (position >= log.end()) {
        return false;
      }
      Place place = new Place(log.id(), position);
      List<LogEntry> entries = kept.getIfPresent(place);
      if (entries == null) {
        Iterator<LogRecord> next = records();
        if (!next.hasNext()) {
          return false;
        }
        entries = entries(next.next());
        kept.put(place, entries);
      } else {
        close();
      }
      position++;
      action.accept(entries);
      return true;
    }

    private Iterator<LogRecord> records() {
      Iterator<LogRecord> next = unread;
      if (next == null) {
        Stream<LogRecord> stream = store.read(log.id(), position);
        open = stream;
        next = stream.iterator();
        unread = next;
      }
      return next;
    }

    private static List<LogEntry> entries(LogRecord record) {
      return Seal.read(record.bytes()).isPresent()
          ? List.of()
          : RecordReader.read(record.position(), record.bytes()).stream()
              .map(RecordReader::entry)
              .toList();
    }

    void close() {
      if (open != null) {
        open.close();
        open = null;
        unread = null;
      }
    }

    @Override
    public @Nullable Spliterator<List<LogEntry>> trySplit() {
      return null; // a log is read in its order
    }
  }
}
