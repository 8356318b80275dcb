package valence.api;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// A query with its inputs and limits.
///
/// @param query   a list, a map or EDN text
/// @param args    the inputs that `:in` names, in order; databases are [Db] values; may hold nulls
/// @param offset  rows to skip
/// @param limit   rows to return at most; negative for all
/// @param timeout after which the query stops with `unavailable`
/// @param stats   whether the result is `{:ret …, :query-stats {…}}`, a map that holds the plain
///     result and how it was found
/// @param ioContext a qualified keyword that names what the query is for; the result then is
///     `{:ret …, :io-stats {…}}`, which says what was read for it
/// @param memoryBytes what the query may hold at a time, in bytes of columns, before it stops with
///     `busy`; empty for an eighth of the heap of the process that runs it
/// @param plan    whether the result is `{:ret …, :plan {…}}`, which says how it was found, as
///     [Explanation#data] has it
public record QueryRequest(
    Object query,
    List<@Nullable Object> args,
    long offset,
    long limit,
    Duration timeout,
    boolean stats,
    Optional<Keyword> ioContext,
    OptionalLong memoryBytes,
    boolean plan) {
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

  public QueryRequest {
    checkQuery(query);
    ioContext.ifPresent(IoContext::check);
    if (memoryBytes.isPresent() && memoryBytes.getAsLong() < 1) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "A query was given " + memoryBytes.getAsLong() + " bytes of memory.",
              "Expected one at least.")
          .toException();
    }
    args = Collections.unmodifiableList(Arrays.asList(args.toArray()));
  }

  private static void checkQuery(@Nullable Object query) {
    if (query == null) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "The query is nil.",
              "Expected a list, a map, or EDN text of one.")
          .toException();
    }
  }

  /// A request with the usual share of memory, and no plan.
  public QueryRequest(
      Object query,
      List<@Nullable Object> args,
      long offset,
      long limit,
      Duration timeout,
      boolean stats,
      Optional<Keyword> ioContext) {
    this(query, args, offset, limit, timeout, stats, ioContext, OptionalLong.empty(), false);
  }

  /// A request without io-stats.
  public QueryRequest(
      Object query,
      List<@Nullable Object> args,
      long offset,
      long limit,
      Duration timeout,
      boolean stats) {
    this(query, args, offset, limit, timeout, stats, Optional.empty());
  }

  /// A request for the plain result.
  public QueryRequest(
      Object query, List<@Nullable Object> args, long offset, long limit, Duration timeout) {
    this(query, args, offset, limit, timeout, false);
  }

  /// All rows, within [#DEFAULT_TIMEOUT].
  public static QueryRequest of(Object query, @Nullable Object... args) {
    return new QueryRequest(query, Arrays.asList(args), 0, -1, DEFAULT_TIMEOUT);
  }

  public QueryRequest withOffset(long rows) {
    return new QueryRequest(query, args, rows, limit, timeout, stats, ioContext, memoryBytes, plan);
  }

  public QueryRequest withLimit(long rows) {
    return new QueryRequest(
        query, args, offset, rows, timeout, stats, ioContext, memoryBytes, plan);
  }

  public QueryRequest withTimeout(Duration limitOfTime) {
    return new QueryRequest(
        query, args, offset, limit, limitOfTime, stats, ioContext, memoryBytes, plan);
  }

  /// The same request, which may hold so much at a time, in bytes of columns; it stops with `busy`
  /// where it would hold more.
  public QueryRequest withMemory(long bytes) {
    return new QueryRequest(
        query, args, offset, limit, timeout, stats, ioContext, OptionalLong.of(bytes), plan);
  }

  /// The same request, answered with what running it was like: `{:ret … :query-stats {…}}`.
  ///
  /// `:query-stats` holds the `:query`, its `:phases` (the query itself, then bodies of rules, `or`
  /// and `not` that ran) and `:warnings` about what is legal and rarely meant. A phase says in
  /// `:sched` which clauses ran in which order, and in `:clauses` for each of them `:rows-in`,
  /// `:rows-out`, `:binds-in`, `:binds-out`, how often it ran when more than once (`:runs`, rows
  /// summed up), for the three that added most rows how many those were (`:expansion`), and its own
  /// `:warnings`.
  public QueryRequest withStats() {
    return new QueryRequest(
        query, args, offset, limit, timeout, true, ioContext, memoryBytes, plan);
  }

  /// The same request, answered with its plan: `{:ret … :plan {…}}`. Unlike with [#withStats], the
  /// query runs as it does when nobody looks. [Db#explain] makes it readable.
  public QueryRequest withPlan() {
    return new QueryRequest(
        query, args, offset, limit, timeout, stats, ioContext, memoryBytes, true);
  }

  /// The same request, answered with what was read for it: `{:ret … :io-stats …}`.
  ///
  /// `:io-stats` holds the `:io-context`, the `:api`, `:api-ms`, the time it took, and `:reads`,
  /// how many batches of rows were read by index (`:eavt`, `:aevt`, `:avet`, `:vaet`) and how many
  /// segments by tier of storage (`:heap`, near tiers such as `:disk` and `:shared`, `:store`),
  /// with the time of it (`:<tier>-ms`). The map is open.
  ///
  /// @param context a qualified keyword
  public QueryRequest withIoContext(Keyword context) {
    return new QueryRequest(
        query, args, offset, limit, timeout, stats, Optional.of(context), memoryBytes, plan);
  }
}
