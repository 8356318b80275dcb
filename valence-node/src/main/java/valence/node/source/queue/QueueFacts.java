package valence.node.source.queue;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Index;

/// The database that queues and sources are kept in. Safe for many threads.
///
/// A database keeps in its log whatever was ever said; of messages that were worked off nobody
/// wants to know. So when much more was said than is still true, what is true goes over into a
/// fresh database, and the old one is deleted: what is on disk is in proportion to what waits. Two
/// names take turns. While facts go over they are used and said as ever; for the last few who says
/// one waits. A database is the one that counts when its generation is the highest, and it has one
/// when all facts are there: whatever a crash leaves, one counts and the other is deleted.
public final class QueueFacts implements AutoCloseable {
  /// Its name, which nobody else may use.
  public static final String DATABASE = "valence-sources";

  private static final String OTHER = "valence-sources-2";

  /// The names that it has in turns.
  public static final Set<String> DATABASES = Set.of(DATABASE, OTHER);

  private static final Logger LOG = LoggerFactory.getLogger(QueueFacts.class);

  /// About so much is said before facts go over, besides [#PER_LIVE] times of what is true.
  private static final long BYTES_MIN = 64L << 20;

  private static final int PER_LIVE = 4;

  /// What was said is made durable each time that it is so much more.
  private static final long NOTED_BYTES = 1L << 20;

  /// What a fact takes beside its text, about.
  private static final int FACT_BYTES = 48;

  static final Keyword GENERATION = kw("facts/generation");
  private static final Keyword BYTES = kw("facts/bytes");
  private static final Keyword LIVE_BYTES = kw("facts/live-bytes");

  /// A database of facts.
  private record Held(String name, Connection connection, long generation) {}

  private final Client client;
  private final long bytesMin;

  /// Read by who uses the facts, written by who lets them go over to another database.
  private final ReentrantReadWriteLock turns = new ReentrantReadWriteLock(true);

  private volatile Held held;
  private final Object counting = new Object();
  private long bytes; // guarded by counting, like what follows
  private long notedBytes;
  private long dueBytes;
  private @Nullable Thread successor;
  private boolean isClosed;

  private QueueFacts(Client client, Held held, long bytesMin) {
    this.client = client;
    this.bytesMin = bytesMin;
    this.held = held;
    List<Object> entity = List.of(GENERATION, held.generation());
    bytes = number(entity, BYTES) + NOTED_BYTES;
    notedBytes = bytes;
    dueBytes = bytesMin + PER_LIVE * number(entity, LIVE_BYTES);
  }

  private long number(List<Object> entity, Keyword attribute) {
    return value(entity, attribute).map(found -> (long) found).orElse(0L);
  }

  /// The facts of a system; their database is made when it isn't there.
  public static QueueFacts open(Client client) {
    return open(client, BYTES_MIN);
  }

  /// @param bytesMin about so much is said before facts go over
  static QueueFacts open(Client client, long bytesMin) {
    String name = current(client);
    for (String other : DATABASES) {
      if (!other.equals(name) && client.deleteDatabase(other)) {
        LOG.info("queue-facts-left-over db={}", other);
      }
    }
    Connection connection = made(client, name);
    OptionalLong generation = generation(connection.db());
    if (generation.isEmpty()) {
      connection.transact(List.of(Map.of(GENERATION, 0L)));
    }
    return new QueueFacts(client, new Held(name, connection, generation.orElse(0)), bytesMin);
  }

  /// The name that the database has now, or will have.
  public static String current(Client client) {
    String newest = DATABASE;
    long generation = -1;
    for (String name : client.listDatabases()) {
      if (DATABASES.contains(name)) {
        long own = generation(client.connect(name).db()).orElse(-1);
        if (own > generation) {
          newest = name;
          generation = own;
        }
      }
    }
    return newest;
  }

  private static OptionalLong generation(Db db) {
    if (db.entid(GENERATION).isEmpty()) {
      return OptionalLong.empty(); // nothing was ever said in it
    }
    try (Stream<Datom> found = db.datoms(Index.AEVT, GENERATION)) {
      return found.mapToLong(datom -> (long) datom.v()).max();
    }
  }

  private static Connection made(Client client, String name) {
    client.createDatabase(name);
    Connection connection = client.connect(name);
    connection.transact(schema());
    return connection;
  }

  /// Says facts; returns when they are durable. Entities in them are named by what identifies them,
  /// never by their ids.
  public void say(List<?> facts) {
    turns.readLock().lock();
    try {
      held.connection().transact(counted(facts));
    } finally {
      turns.readLock().unlock();
    }
  }

  /// The facts, and now and then how much has been said.
  private List<?> counted(List<?> facts) {
    synchronized (counting) {
      bytes += size(facts);
      if (bytes >= dueBytes && successor == null && !isClosed) {
        successor = Thread.ofVirtual().name("queue-facts").start(this::succeed);
      }
      if (bytes < notedBytes + NOTED_BYTES) {
        return facts;
      }
      notedBytes = bytes;
      List<Object> more = new ArrayList<>(facts);
      more.add(Map.of(GENERATION, held.generation(), BYTES, bytes));
      return more;
    }
  }

  /// How many bytes facts take of a log, about.
  static long size(@Nullable Object said) {
    return switch (said) {
      case Map<?, ?> map -> map.values().stream().mapToLong(QueueFacts::size).sum();
      case Collection<?> many -> many.stream().mapToLong(QueueFacts::size).sum();
      case String text -> FACT_BYTES + text.length();
      case null, default -> FACT_BYTES / 2;
    };
  }

  /// Lets what is true go over to a fresh database.
  private void succeed() {
    Held before = held;
    String name = before.name().equals(DATABASE) ? OTHER : DATABASE;
    long begin = System.nanoTime();
    try {
      client.deleteDatabase(name); // of a time before that failed
      Connection next = made(client, name);
      Succession succession = new Succession(before.connection(), next);
      succession.begin();
      turns.writeLock().lock();
      try {
        succession.end();
        Held after = new Held(name, next, before.generation() + 1);
        next.transact(List.of(Map.of(
            GENERATION,
            after.generation(),
            BYTES,
            succession.bytes(),
            LIVE_BYTES,
            succession.bytes())));
        held = after;
        synchronized (counting) {
          bytes = succession.bytes();
          notedBytes = bytes;
          dueBytes = bytesMin + (1 + PER_LIVE) * bytes;
        }
      } finally {
        turns.writeLock().unlock();
      }
      client.deleteDatabase(before.name());
      LOG.info(
          "queue-facts-went-over db={} generation={} bytes={} millis={}",
          name,
          held.generation(),
          succession.bytes(),
          (System.nanoTime() - begin) / 1_000_000);
    } catch (AnomalyException e) { // the facts are where they were; they go over another time
      LOG.error("queue-facts-not-over db={}", name, e);
      synchronized (counting) {
        dueBytes = bytes + bytesMin;
      }
    } finally {
      synchronized (counting) {
        successor = null;
      }
    }
  }

  /// How many databases held the facts before this one.
  long generation() {
    return held.generation();
  }

  /// Reads from the database as it is now.
  public <T> T read(Function<Db, T> reading) {
    turns.readLock().lock();
    try {
      return reading.apply(held.connection().db());
    } finally {
      turns.readLock().unlock();
    }
  }

  /// What an entity has for some attributes.
  Map<Object, Object> pull(List<?> attributes, Object entity) {
    return read(db -> db.pull(attributes, entity));
  }

  /// What an entity has for an attribute.
  public Optional<Object> value(Object entity, Keyword attribute) {
    return Optional.ofNullable(pull(List.of(attribute), entity).get(attribute));
  }

  /// The datoms of an attribute, in no promised order.
  List<Datom> datoms(Keyword attribute) {
    return read(db -> {
      try (Stream<Datom> found = db.datoms(Index.AEVT, attribute)) {
        return new ArrayList<>(found.toList());
      }
    });
  }

  static String schema() {
    try (InputStream in = QueueFacts.class.getResourceAsStream("schema.edn")) {
      if (in == null) {
        throw new AssertionError("schema.edn is part of the module");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits until facts that go over are over.
  @Override
  public void close() {
    Thread last;
    synchronized (counting) {
      isClosed = true;
      last = successor;
    }
    if (last != null) {
      try {
        last.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
