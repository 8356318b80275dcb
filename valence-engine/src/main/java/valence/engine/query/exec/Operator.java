package valence.engine.query.exec;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.engine.index.DistinctCounts;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.Forms;

/// What one clause of a query costs, summed up over its runs. For one thread.
///
/// Whoever runs a clause tells the operator in charge, [Budget#operator]: [#by] how it goes about
/// it, [#read] what an index gave, and, when it [#isWatched], which [#range] that was. Rows, bytes
/// and time are taken by [Conjunction], around it. All of it is cheap enough to be always on, so
/// that a query which is stopped can say where its time and memory went.
public final class Operator {
  /// How rows are found or joined, in the order in which they are told of.
  public enum Way {
    /// Rows of an input.
    INPUT,
    /// A range of an index is read from end to end.
    RANGE_SCAN,
    /// A collection is read.
    COLLECTION_SCAN,
    /// An index is asked anew for each distinct value.
    INDEX_PROBE,
    /// Sorted rows and an index go along with each other.
    SORTED_JOIN,
    /// The smaller side is hashed, the other looked up in it.
    HASH_JOIN,
    /// Each row with each.
    PRODUCT,
    /// Rows that have none.
    ANTI_JOIN,
    /// Patterns in a cycle, variable by variable.
    CYCLIC_JOIN,
    /// Keys are compared, a column at a time.
    COLUMN_FILTER,
    /// A function is called for each row.
    CALL,
    /// What an equal pattern found in another branch or rule is used again.
    SHARED,
    /// Alternatives are put together.
    UNION,
    /// A rule runs on what is new until nothing is.
    SEMI_NAIVE,
    /// A graph is walked.
    REACHABILITY,
    /// It was ended before its rows were, since enough had been found.
    EARLY_STOP,
    /// Equal rows become one.
    DISTINCT,
    /// Rows that agree become one, of each group's values.
    AGGREGATE,
    /// Entities become maps.
    PULL,
    /// Rows are made of columns.
    RESULT;

    /// Such as `hash-join`.
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /// Ranges that are kept of one operator; of others only the number.
  private static final int RANGES_MAX = 3;

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Object what;
  private final boolean watched;
  private final Set<Way> ways = EnumSet.noneOf(Way.class);
  private final List<String> ranges = new ArrayList<>();
  private @Nullable List<Object> filters;
  private long rangeCount;
  private long rowsRead;
  private double rowsEstimated = -1;
  private long rowsIn;
  private long rowsOut;
  private long bytes;
  private long nanos;
  private long runs;
  private int threadCount = 1;
  private boolean listed;
  private DistinctCounts.@Nullable Of distinct;

  /// @param what    the clause, the variables of rows that were given, or what else takes time
  /// @param watched whether somebody wants to know more than numbers
  Operator(Object what, boolean watched) {
    this.what = what;
    this.watched = watched;
  }

  Object what() {
    return what;
  }

  /// Whether the budget knows it.
  boolean isListed() {
    return listed;
  }

  /// Says that the budget knows it.
  void list() {
    listed = true;
  }

  /// Whether texts are worth making: of ranges and filters.
  public boolean isWatched() {
    return watched;
  }

  public void by(Way way) {
    ways.add(way);
  }

  /// Notes that rows were taken from an index or a collection.
  public void read(long rows) {
    rowsRead += rows;
  }

  /// Notes a range that is read, such as `AVET :person/name = "Ivan"`.
  public void range(String text) {
    rangeCount++;
    if (ranges.size() < RANGES_MAX && !ranges.contains(text)) {
      ranges.add(text);
    }
  }

  /// Notes a clause that is decided on the way, as a bound of a range or a filter of a scan.
  public void filter(Object form) {
    List<Object> known = filters == null ? new ArrayList<>() : filters;
    if (!known.contains(form)) {
      known.add(form);
    }
    filters = known;
  }

  /// Notes what is known of the attribute that is read.
  void distinct(DistinctCounts.@Nullable Of counted) {
    distinct = counted;
  }

  /// Notes that so many threads did it.
  void workedBy(int threads) {
    threadCount = Math.max(threadCount, threads);
  }

  /// Takes over what was noted by a thread that helped.
  void add(Operator helper) {
    ways.addAll(helper.ways);
    rowsRead += helper.rowsRead;
    rangeCount += helper.rangeCount;
    for (String range : helper.ranges) {
      if (ranges.size() < RANGES_MAX && !ranges.contains(range)) {
        ranges.add(range);
      }
    }
  }

  /// Notes how many rows were expected, of all runs.
  void estimated(double rows) {
    rowsEstimated = Math.max(0, rowsEstimated) + rows;
  }

  /// Notes a run that is over.
  void ran(long in, long out, long bytesOut) {
    runs++;
    rowsIn += in;
    rowsOut += out;
    bytes = Math.max(bytes, bytesOut);
  }

  void spent(long more) {
    nanos += more;
  }

  /// Such as `[?e :person/name ?n] (20000 rows, 13 ms)`.
  String summary() {
    String name = switch (what) {
      case String text -> text;
      case Clause clause -> Forms.show(clause.form());
      case Shaping.Part part -> Forms.show(part.form());
      default -> "inputs " + what;
    };
    return name + " (" + rowsOut + " rows, " + nanos / NANOS_PER_MILLI + " ms)";
  }

  /// What a query that is stopped says of it.
  Map<Keyword, Object> toMap() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    switch (what) {
      case Clause clause -> map.put(Keyword.intern("clause"), clause.form());
      case Shaping.Part part -> map.put(Keyword.intern("clause"), part.form());
      default -> map.put(Keyword.intern("operator"), what.toString());
    }
    map.put(Keyword.intern("rows-in"), rowsIn);
    map.put(Keyword.intern("rows-out"), rowsOut);
    map.put(Keyword.intern("rows-read"), rowsRead);
    map.put(Keyword.intern("bytes"), bytes);
    map.put(Keyword.intern("nanos"), nanos);
    return map;
  }

  Set<Way> ways() {
    return ways;
  }

  List<String> ranges() {
    return ranges;
  }

  /// The number of ranges that were read, those that aren't kept included.
  long rangeCount() {
    return rangeCount;
  }

  List<Object> filters() {
    return filters == null ? List.of() : filters;
  }

  long rowsRead() {
    return rowsRead;
  }

  /// Negative when nobody asked.
  double rowsEstimated() {
    return rowsEstimated;
  }

  long rowsIn() {
    return rowsIn;
  }

  long rowsOut() {
    return rowsOut;
  }

  /// Of the largest relation that a run made.
  long bytes() {
    return bytes;
  }

  /// Its own time, without that of clauses inside of it.
  long nanos() {
    return nanos;
  }

  long runs() {
    return runs;
  }

  /// What was known of the attribute that was read; null when nothing was.
  DistinctCounts.@Nullable Of distinct() {
    return distinct;
  }

  /// The most threads that worked at it at a time.
  int threadCount() {
    return threadCount;
  }
}
