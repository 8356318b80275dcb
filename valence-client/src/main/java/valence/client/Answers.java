package valence.client;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import valence.api.Attribute;
import valence.api.DbStats;
import valence.api.DbStatus;
import valence.api.LogEntry;
import valence.api.TxReport;
import valence.api.TxStats;
import valence.wire.DbValue;
import valence.wire.Fields;

/// What nodes answer, as the records of the api.
final class Answers {
  private static final double NANOS_PER_MILLI = 1e6;

  private Answers() {}

  static TxReport report(RemoteClient client, Map<?, ?> map) {
    Fields fields = Fields.of("The report", map);
    Map<String, Long> tempids = new LinkedHashMap<>();
    fields
        .map("tempids")
        .forEach(
            (name, id) -> tempids.put(String.valueOf(name), RemoteClient.expected(Long.class, id)));
    Map<Keyword, Object> ioStats = new LinkedHashMap<>();
    if (fields.contains("io-stats")) {
      fields
          .map("io-stats")
          .forEach((key, value) -> ioStats.put(RemoteClient.expected(Keyword.class, key), value));
    }
    return new TxReport(
        db(client, fields.value("db-before")),
        db(client, fields.value("db-after")),
        RemoteConnection.datoms(fields.value("tx-data")),
        tempids,
        stats(Fields.of("The stats", fields.map("tx-stats"))),
        ioStats);
  }

  private static RemoteDb db(RemoteClient client, @Nullable Object value) {
    return new RemoteDb(client, RemoteClient.expected(DbValue.class, value));
  }

  private static TxStats stats(Fields fields) {
    List<String> warnings = new ArrayList<>();
    fields.list("warnings", List.of()).forEach(each -> warnings.add(String.valueOf(each)));
    return new TxStats(
        count(fields, "considered-datoms"),
        count(fields, "dup-datoms"),
        count(fields, "redundant-datoms"),
        count(fields, "res-ct"),
        count(fields, "ucheck-ct"),
        count(fields, "comp-ct"),
        new TxStats.Times(
            nanos(fields, "tx-fn-ms"),
            nanos(fields, "resolve-ms"),
            nanos(fields, "dedup-ms"),
            nanos(fields, "comp-ms"),
            nanos(fields, "ucheck-ms")),
        warnings);
  }

  private static int count(Fields fields, String key) {
    return (int) fields.number(key, 0, Integer.MAX_VALUE, 0);
  }

  private static long nanos(Fields fields, String key) {
    return fields.value(key) instanceof Double millis ? (long) (millis * NANOS_PER_MILLI) : 0;
  }

  static DbStatus status(Map<?, ?> map) {
    Fields fields = Fields.of("The status", map);
    Fields cache = Fields.of("The cache", fields.map("cache"));
    Optional<DbStatus.Progress> indexing = Optional.empty();
    if (fields.contains("indexing")) {
      Fields progress = Fields.of("The progress", fields.map("indexing"));
      indexing = Optional.of(
          new DbStatus.Progress(number(progress, "rows-done"), number(progress, "rows-total")));
    }
    return new DbStatus(
        number(fields, "t"),
        number(fields, "index-t"),
        number(fields, "novelty-rows"),
        number(fields, "novelty-bytes"),
        indexing,
        (int) number(fields, "failures"),
        fields.contains("last-error") ? Optional.of(fields.text("last-error")) : Optional.empty(),
        new DbStatus.Cache(
            number(cache, "heap-hits"),
            number(cache, "near-hits"),
            number(cache, "store-reads"),
            number(cache, "repairs"),
            number(cache, "heap-bytes")));
  }

  private static long number(Fields fields, String key) {
    return fields.number(key, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  static DbStats stats(Map<?, ?> map) {
    Fields fields = Fields.of("The stats", map);
    Map<Keyword, Long> attributes = new LinkedHashMap<>();
    Map<Keyword, DbStats.Distinct> distinct = new LinkedHashMap<>();
    fields.map("attrs").forEach((ident, counts) -> {
      Keyword attribute = RemoteClient.expected(Keyword.class, ident);
      Fields of = Fields.of("The counts", counts);
      attributes.put(attribute, number(of, "count"));
      if (of.contains("distinct-values")) {
        distinct.put(
            attribute,
            new DbStats.Distinct(number(of, "distinct-values"), number(of, "distinct-entities")));
      }
    });
    return new DbStats(number(fields, "datoms"), attributes, distinct);
  }

  static Attribute attribute(Map<?, ?> map) {
    Fields fields = Fields.of("The attribute", map);
    return new Attribute(
        number(fields, "id"),
        fields.keyword("ident"),
        fields.keyword("value-type"),
        fields.keyword("cardinality"),
        fields.contains("unique") ? Optional.of(fields.keyword("unique")) : Optional.empty(),
        fields.flag("is-component", false),
        fields.flag("no-history", false));
  }

  static LogEntry entry(@Nullable Object row) {
    Map<?, ?> map = RemoteClient.expected(Map.class, row);
    return new LogEntry(
        RemoteClient.expected(Long.class, map.get(kw("t"))),
        RemoteConnection.datoms(map.get(kw("data"))));
  }
}
