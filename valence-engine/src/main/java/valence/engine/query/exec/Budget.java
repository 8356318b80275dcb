package valence.engine.query.exec;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.query.syntax.Forms;

/// The limits of one query: time, memory and threads. For one thread; others that work for the same
/// query have one each, made by [#of].
public final class Budget {
  /// Memory that a value may take at its largest, in bytes: as an object, in a row of the result.
  private static final long CELL_BYTES = 64;

  private static final long MEMORY_BYTES_MIN = 1 << 19;

  /// Whatever a request says: positions of rows are ints.
  private static final long MEMORY_BYTES_MAX = 1L << 32;

  /// What intermediate relations may take, unless the request says: so much that their values fit
  /// the heap as objects, too.
  private static final long MEMORY_BYTES_DEFAULT =
      Math.max(Runtime.getRuntime().maxMemory() / CELL_BYTES * Long.BYTES, MEMORY_BYTES_MIN);

  /// Time that a virtual thread keeps its carrier while others wait for one.
  private static final long SLICE_NANOS = 4_000_000;

  /// Operators that are told of when a query is stopped.
  private static final int TOLD_MAX = 3;

  /// Operators whose cost is told apart; a query has more only when it makes rules as it runs.
  private static final int OPERATORS_MAX = 256;

  /// Rows between two looks at the clock.
  private static final int TICKS = 1 << 12;

  private static final int TICKS_PER_CALL = TICKS >> 4;

  private final Duration timeout;
  private final long deadline; // of System.nanoTime
  private final Workers workers;
  private final @Nullable Crew crew; // that this thread is of; null for the query's own
  private final List<Operator> operators = new ArrayList<>(); // that ran
  private Operator operator;
  private final long beganAt = System.nanoTime();
  private long switchedAt = beganAt;
  private final long memoryBytesMax;
  private long heldBytes; // by relations of conjunctions that run, one in the other
  private long keptBytes; // until the query ends
  private long peakBytes;
  private long yieldedAt = beganAt;
  private int ticks;
  private long partBytes; // of the part that this thread does

  /// The limits of a request that names none of memory.
  public Budget(Duration timeout) {
    this(timeout, OptionalLong.empty(), Workers.NONE);
  }

  /// @param memoryBytes what intermediate relations may take; empty for a share of the heap
  /// @param workers     who may help
  public Budget(Duration timeout, OptionalLong memoryBytes, Workers workers) {
    this.timeout = timeout;
    this.workers = workers;
    this.crew = null;
    memoryBytesMax = Math.min(memoryBytes.orElse(MEMORY_BYTES_DEFAULT), MEMORY_BYTES_MAX);
    operator = new Operator("the query around its clauses", false);
    operator.list();
    operators.add(operator);
    long nanos;
    try {
      nanos = timeout.toNanos();
    } catch (ArithmeticException centuries) {
      nanos = Long.MAX_VALUE / 2;
    }
    deadline = System.nanoTime() + Math.clamp(nanos, 0, Long.MAX_VALUE / 2);
  }

  private Budget(Budget query, Crew crew) {
    timeout = query.timeout;
    deadline = query.deadline;
    memoryBytesMax = query.memoryBytesMax;
    workers = Workers.NONE; // whoever helps isn't helped
    this.crew = crew;
    heldBytes = query.heldBytes;
    keptBytes = query.keptBytes;
    operator = new Operator("a part", query.operator.isWatched());
  }

  /// The same limits for a thread that helps, until [#add].
  Budget of(Crew helpers) {
    return new Budget(this, helpers);
  }

  /// Takes over what a thread noted that helped and is done.
  void add(Budget helper) {
    operator.add(helper.operator);
    peakBytes = Math.max(peakBytes, helper.peakBytes);
  }

  /// Who may help.
  public Workers workers() {
    return workers;
  }

  /// Says that what the thread made is a part that is done, and kept.
  void beginPart() {
    partBytes = 0;
  }

  /// The operator that is in charge, to be told how it works.
  public Operator operator() {
    return operator;
  }

  /// The operator of a clause in a query that nobody watches.
  Operator operator(Object what) {
    for (Operator known : operators) {
      if (known.what() == what || what instanceof List<?> && what.equals(known.what())) {
        return known;
      }
    }
    return new Operator(what, false);
  }

  /// Puts another operator in charge: from now on time is its.
  ///
  /// @return the one before, to be put back
  Operator enter(Operator next) {
    long now = System.nanoTime();
    operator.spent(now - switchedAt);
    switchedAt = now;
    Operator before = operator;
    operator = next;
    if (next.runs() == 0 && operators.size() < OPERATORS_MAX && !next.isListed()) {
      next.list();
      operators.add(next);
    }
    return before;
  }

  /// To be called for each row of a long loop.
  public void tick() {
    if (++ticks >= TICKS) {
      ticks = 0;
      check();
    }
  }

  /// To be called for each call of a function, which may take long by itself.
  void call() {
    ticks += TICKS_PER_CALL;
    tick();
  }

  /// Stops the query when its time is over or its thread was interrupted; the thread stays so.
  public void check() {
    Crew others = crew;
    if (others != null
        && (others.isStopped()
            || Thread.currentThread().isInterrupted()
            || System.nanoTime() - deadline > 0)) {
      throw others.stopped(); // the query's own thread says why
    }
    if (Thread.currentThread().isInterrupted()) {
      throw Anomaly.of(
              Anomaly.Category.INTERRUPTED,
              "Query stopped, because the thread that ran it was interrupted.")
          .toException();
    }
    long now = System.nanoTime();
    if (now - deadline > 0) {
      throw told(Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "Query stopped after " + timeout.toMillis() + " ms, its time limit.",
              "Join by more selective clauses, or give it a longer timeout."))
          .toException();
    }
    if (now - yieldedAt > SLICE_NANOS) {
      // A virtual thread isn't interrupted by others; without this, as many long queries as there
      // are processors would let nothing else run. To yield isn't enough: where each carrier has
      // two of them, they would only take turns.
      if (Thread.currentThread().isVirtual()) {
        LockSupport.parkNanos(1);
      }
      yieldedAt = System.nanoTime();
    }
  }

  /// Stops the query when what a clause makes is more than it may hold.
  void rows(long rows, int columns, Object clause) {
    long made = rows * Math.max(1, columns) * Long.BYTES;
    if (crew != null) {
      long more = Math.max(0, made - partBytes);
      partBytes += more;
      made = crew.hold(more);
    }
    long bytes = made + heldBytes + keptBytes;
    if (bytes > memoryBytesMax) {
      String what = rows + " rows of " + columns + " values in the clause " + Forms.show(clause);
      throw crew == null ? full(what) : crew.tooMuch(what);
    }
    peakBytes = Math.max(peakBytes, bytes);
  }

  AnomalyException full(String what) {
    return told(Anomaly.of(
            Anomaly.Category.BUSY,
            "Query stopped at " + what + ".",
            "A query may hold " + memoryBytesMax / Long.BYTES + " values at a time, "
                + memoryBytesMax + " bytes.",
            "Join by more selective clauses, each of which shares a variable with another,"
                + " or allow it more memory."))
        .toException();
  }

  /// What the relations take that are held now, in bytes.
  long heldBytes() {
    return heldBytes;
  }

  /// Says what relations are held, those of the conjunctions around included; stops the query when
  /// that is more than before and more than it may.
  void hold(long bytes) {
    boolean isMore = bytes > heldBytes;
    heldBytes = bytes;
    peakBytes = Math.max(peakBytes, bytes + keptBytes);
    if (isMore && bytes + keptBytes > memoryBytesMax) {
      throw full(bytes + keptBytes + " bytes after " + operator.summary());
    }
  }

  /// Says what the answers to rules take, which are kept until the query ends; stops the query when
  /// that is more than it may.
  void keep(long bytes, Object rule) {
    boolean isMore = bytes > keptBytes;
    keptBytes = bytes;
    peakBytes = Math.max(peakBytes, bytes + heldBytes);
    if (isMore && bytes + heldBytes > memoryBytesMax) {
      throw full(bytes + heldBytes + " bytes, as the rule " + Forms.show(rule) + " went on");
    }
  }

  /// The bytes that the query may hold.
  long memoryBytesMax() {
    return memoryBytesMax;
  }

  /// How long it has been running.
  public long nanos() {
    return System.nanoTime() - beganAt;
  }

  /// The most that was held at a time, in bytes.
  public long peakBytes() {
    return peakBytes;
  }

  /// Where the time and memory went, added to what stopped the query.
  private Anomaly told(Anomaly anomaly) {
    enter(operator); // takes the time until now
    List<Operator> costly = new ArrayList<>(operators);
    costly.sort(Comparator.comparingLong(Operator::nanos).reversed());
    List<Object> told = new ArrayList<>();
    StringBuilder text = new StringBuilder("Most of its time went to ");
    for (Operator each : costly.subList(0, Math.min(TOLD_MAX, costly.size()))) {
      text.append(told.isEmpty() ? "" : ", ").append(each.summary());
      told.add(each.toMap());
    }
    return anomaly.saying(text.append('.').toString()).with("operators", List.copyOf(told));
  }
}
