package valence.tools.transfer;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Datom;
import valence.edn.Edn;
import valence.tools.schema.AttributeForm;
import valence.tools.schema.Schema;
import valence.tools.session.NodeDatabase;
import valence.wire.DbValue;

/// One import: takes what a survey has found into a database. Used once.
public final class Import {
  private static final int ATTEMPTS_MAX = 10;
  private static final long PAUSE_MILLIS_MIN = 100;
  private static final long PAUSE_MILLIS_MAX = 10_000;
  private static final int SKIPPED_SHOWN_MAX = 10;
  private static final int CLEARED_COUNT = 1_000;

  private static final Object BATCHES = read("""
      [:find ?batch ?rows
       :where [?tx :valence.import/batch ?batch] [?tx :valence.import/rows ?rows]]""");

  private static final Object NOTES = read("""
      [{:db/ident :valence.import/batch :db/valueType :db.type/string
        :db/cardinality :db.cardinality/one :db/unique :db.unique/value
        :db/doc "On a transaction: which import, and from which item on."}
       {:db/ident :valence.import/rows :db/valueType :db.type/long
        :db/cardinality :db.cardinality/one
        :db/doc "On a transaction: how many items of the import."}
       {:db/ident :valence.import/file :db/valueType :db.type/string
        :db/cardinality :db.cardinality/one
        :db/doc "On a transaction: the name of the imported file."}
       {:db/ident :valence.import/key :db/valueType :db.type/string
        :db/cardinality :db.cardinality/one :db/unique :db.unique/identity :db/noHistory true
        :db/doc "The temporary id of an entity in a file, while its import goes on."}]""");

  private final NodeDatabase database;
  private final Job job;
  private final Survey survey;
  private final Progress progress;
  private final Semaphore permits;
  private final Set<Object> claimed = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final List<String> skipped = new ArrayList<>(); // guarded by itself
  private long skippedCount; // guarded by skipped
  private volatile Schema schema;

  /// Told how far it has come.
  public interface Progress {
    void at(long items, long bytes);
  }

  /// What a batch may hold, and what has to wait for what.
  private enum Order {
    /// In any order, several at once.
    FREE,
    /// Schema: read again when it is in.
    SCHEMA,
    /// What may depend on all that comes before it.
    STRICT
  }

  /// An item on its way.
  private record Entry(long line, Object form, Set<Object> keys) {}

  /// @param from the position of its first item in the file, from 0
  private record Batch(long from, long count, List<Entry> entries) {}

  public Import(NodeDatabase database, Job job, Schema schema, Survey survey, Progress progress) {
    this.database = database;
    this.job = job;
    this.schema = schema;
    this.survey = survey;
    this.progress = progress;
    this.permits = new Semaphore(job.parallel());
  }

  private static Object read(String text) {
    return java.util.Objects.requireNonNull(Edn.read(text));
  }

  /// Transacts what isn't there yet. When it ends early, the same import goes on behind it.
  public Job.Outcome run() {
    if (schema.attribute(Job.KEY).isEmpty()) {
      send(NOTES, UUID.randomUUID());
    }
    List<Map<Keyword, Object>> missing = survey.missingSchema();
    if (!missing.isEmpty()) {
      send(missing, UUID.randomUUID());
    }
    schema = Schema.of(database, database.newest());
    TreeMap<Long, Long> before = before();
    long had = before.values().stream().mapToLong(Long::longValue).sum();
    done.set(had);
    if (had < survey.itemCount()) {
      try (ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
          InputStream file = Survey.open(job);
          BufferedReader reader = Survey.reader(new Survey.Counting(file, bytes::set))) {
        transact(Items.of(job.kind(), reader, job.delimiter()), before, tasks);
        drain();
      } catch (IOException e) {
        throw Survey.unreadable(job, e);
      }
    }
    if (job.kind() == Kind.EDN) {
      clearKeys();
    }
    synchronized (skipped) {
      return new Job.Outcome(survey.itemCount(), had, skippedCount, List.copyOf(skipped));
    }
  }

  /// What earlier runs of this import have transacted: item counts by the position they begin at.
  private TreeMap<Long, Long> before() {
    TreeMap<Long, Long> before = new TreeMap<>();
    String prefix = survey.id() + "/";
    for (Object row : database.rows(database.newest(), BATCHES)) {
      if (row instanceof List<?> cells
          && cells.get(0) instanceof String batch
          && batch.startsWith(prefix)
          && cells.get(1) instanceof Long count) {
        before.put(Long.parseLong(batch.substring(prefix.length())), count);
      }
    }
    return before;
  }

  private void transact(Items items, TreeMap<Long, Long> before, ExecutorService tasks)
      throws IOException {
    List<Entry> entries = new ArrayList<>();
    Set<Object> keys = new HashSet<>();
    Order order = Order.FREE;
    long from = 0;
    long at = 0;
    for (Item item = items.next(); item != null; item = items.next()) {
      Entry entry = entry(item);
      if (entry == null) {
        continue; // bad, as the survey knows
      }
      var earlier = before.floorEntry(at);
      if (earlier != null && at < earlier.getKey() + earlier.getValue()) {
        send(new Batch(from, at - from, entries), order, tasks);
        entries = new ArrayList<>();
        keys = new HashSet<>();
        at++;
        from = at;
        continue;
      }
      Order next = order(entry.form());
      boolean meets = false;
      for (Object key : entry.keys()) {
        meets |= keys.contains(key) || claimed.contains(key);
      }
      if (next != order || meets || entries.size() >= job.batchCount()) {
        send(new Batch(from, at - from, entries), order, tasks);
        if (next != order || meets) {
          drain();
        }
        entries = new ArrayList<>();
        keys = new HashSet<>();
        from = at;
        order = next;
      }
      entries.add(entry);
      keys.addAll(entry.keys());
      at++;
    }
    send(new Batch(from, at - from, entries), order, tasks);
  }

  private @Nullable Entry entry(Item item) {
    return switch (item) {
      case Item.Bad _ -> null;
      case Item.Form(long line, @Nullable Object form) ->
        form instanceof Map<?, ?> || form instanceof List<?>
            ? new Entry(line, form, keysOf(form))
            : null;
      case Item.Row(long line, Map<String, Object> cells) -> {
        if (survey.isBad(cells)) {
          yield null;
        }
        Map<Keyword, Object> entity = survey.entity(cells);
        yield new Entry(line, entity, keysOf(entity));
      }
    };
  }

  /// What two items must not have in common to be transacted in any order: the entity that they
  /// are about, by its id or by what is unique of it.
  private Set<Object> keysOf(Object form) {
    Set<Object> keys = new HashSet<>();
    if (form instanceof Map<?, ?> map) {
      map.forEach((attribute, value) -> {
        if (attribute.equals(kw("db/id"))
            || attribute instanceof Keyword ident
                && schema.attribute(ident).map(AttributeForm::isIdentity).orElse(false)) {
          keys.add(List.of(attribute, value));
        }
      });
    } else if (form instanceof List<?> list && list.size() > 1 && list.get(1) != null) {
      keys.add(List.of(kw("db/id"), list.get(1)));
    }
    return keys;
  }

  private static Order order(Object form) {
    if (form instanceof Map<?, ?> map) {
      return map.containsKey(kw("db/ident")) ? Order.SCHEMA : Order.FREE;
    }
    return form instanceof List<?> list && kw("db/add").equals(list.getFirst())
        ? Order.FREE
        : Order.STRICT;
  }

  /// Hands a batch over, waiting until not too many are under way.
  private void send(Batch batch, Order order, ExecutorService tasks) {
    if (batch.entries().isEmpty()) {
      return;
    }
    failEarly();
    permits.acquireUninterruptibly();
    batch.entries().forEach(entry -> claimed.addAll(entry.keys()));
    tasks.execute(() -> {
      try {
        if (failure.get() == null) {
          commit(batch);
        }
      } catch (RuntimeException e) {
        failure.compareAndSet(null, e);
      } finally {
        batch.entries().forEach(entry -> claimed.removeAll(entry.keys()));
        permits.release();
      }
    });
    if (order != Order.FREE) {
      drain();
      if (order == Order.SCHEMA) {
        schema = Schema.of(database, database.newest());
      }
    }
  }

  /// Waits until nothing is under way.
  private void drain() {
    permits.acquireUninterruptibly(job.parallel());
    permits.release(job.parallel());
    failEarly();
  }

  private void failEarly() {
    RuntimeException failed = failure.get();
    if (failed == null) {
      return;
    }
    if (failed instanceof AnomalyException known && known.anomaly().category().retriable()) {
      throw known
          .anomaly()
          .saying(done.get() + " of " + survey.itemCount()
              + " items are in; the same command goes on behind them.")
          .toException(failed);
    }
    throw failed;
  }

  /// Transacts a batch; of one that is refused, each half, to find the item that is to blame.
  private void commit(Batch batch) {
    List<Object> data = new ArrayList<>();
    batch.entries().forEach(entry -> data.add(entry.form()));
    if (job.kind() == Kind.EDN) {
      data.addAll(FileIds.naming(FileIds.of(data, schema), survey.id()));
    }
    String name = survey.id() + "/" + batch.from();
    Map<Keyword, Object> note = new LinkedHashMap<>();
    note.put(kw("db/id"), "datomic.tx");
    note.put(Job.BATCH, name);
    note.put(Job.ROWS, batch.count());
    note.put(Job.FILE, String.valueOf(job.file().getFileName()));
    data.add(note);
    // The same wherever it is sent from, so that what was done isn't done again.
    UUID request = UUID.nameUUIDFromBytes(
        (database.name() + "/" + name + "+" + batch.count()).getBytes(StandardCharsets.UTF_8));
    try {
      send(data, request);
      progress.at(done.addAndGet(batch.count()), bytes.get());
    } catch (AnomalyException e) {
      switch (e.anomaly().category()) {
        case INCORRECT, CONFLICT -> split(batch, e.anomaly());
        case UNAVAILABLE, INTERRUPTED, BUSY, FORBIDDEN, UNSUPPORTED, NOT_FOUND, FAULT -> throw e;
      }
    }
  }

  private void split(Batch batch, Anomaly refused) {
    int half = batch.entries().size() / 2;
    if (half > 0) {
      List<Entry> entries = batch.entries();
      commit(new Batch(batch.from(), half, entries.subList(0, half)));
      commit(new Batch(
          batch.from() + half, batch.count() - half, entries.subList(half, entries.size())));
      return;
    }
    String what = "line " + batch.entries().getFirst().line() + ": " + refused.message();
    synchronized (skipped) {
      skippedCount++;
      if (skippedCount + survey.badCount() > job.skipBad()) {
        throw Anomaly.of(
                refused.category(),
                job.file() + ", " + what,
                done.get() + " of " + survey.itemCount()
                    + " items are in. Mend the line or leave it out with --skip-bad.")
            .toException();
      }
      if (skipped.size() < SKIPPED_SHOWN_MAX) {
        skipped.add(what);
      }
    }
  }

  /// Transacts, again when the node is busy or its answer is lost, after growing pauses.
  private void send(Object data, UUID request) {
    long pause = PAUSE_MILLIS_MIN;
    for (int attempt = 1; ; attempt++) {
      try {
        database.transact(data, request);
        return;
      } catch (AnomalyException e) {
        Anomaly.Category category = e.anomaly().category();
        if (attempt == ATTEMPTS_MAX
            || !category.retriable()
            || category == Anomaly.Category.INTERRUPTED) {
          throw e;
        }
      }
      pause(ThreadLocalRandom.current().nextLong(pause / 2, pause));
      pause = Math.min(PAUSE_MILLIS_MAX, pause * 2);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Anomaly.of(Anomaly.Category.INTERRUPTED, "The import was interrupted.")
          .toException(e);
    }
  }

  /// Takes back the names that entities had while the import went on.
  private void clearKeys() {
    String prefix = survey.id() + "/";
    DbValue db = database.newest();
    for (long offset = 0; ; ) {
      List<Datom> page = database.datoms(db, "aevt", List.of(Job.KEY), offset, CLEARED_COUNT);
      List<Object> data = new ArrayList<>();
      for (Datom datom : page) {
        if (datom.v() instanceof String key && key.startsWith(prefix)) {
          data.add(List.of(kw("db/retract"), datom.e(), Job.KEY, key));
        }
      }
      if (!data.isEmpty()) {
        send(data, UUID.randomUUID());
      }
      if (page.size() < CLEARED_COUNT) {
        return;
      }
      offset += page.size();
    }
  }
}
