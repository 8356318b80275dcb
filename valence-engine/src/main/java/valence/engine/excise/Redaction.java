package valence.engine.excise;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.engine.db.Database;
import valence.engine.db.Novelty;
import valence.engine.db.TimePoint;
import valence.engine.index.Batch;
import valence.engine.index.Bound;
import valence.engine.index.Cursor;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.index.RowBuffer;
import valence.engine.index.TimeView;
import valence.engine.log.LogTransaction;
import valence.engine.schema.Attribute;
import valence.engine.schema.Bootstrap;
import valence.engine.schema.Partition;
import valence.engine.schema.Schema;

/// Which rows the requests of a database take out of its history. Immutable once made.
public final class Redaction {
  /// Rows of an entity that go: of these attributes, or of all when there are none.
  private record Span(Set<Integer> attributes, long beforeT) {
    boolean holds(int attribute, long from) {
      return from < beforeT && (attributes.isEmpty() || attributes.contains(attribute));
    }
  }

  private final Map<Long, List<Span>> entities = new HashMap<>();
  private final Map<Integer, Long> attributes = new HashMap<>(); // to the bound
  private long newestT = -1;

  private Redaction() {}

  /// What the requests of transactions after t come to.
  public static Redaction of(Database database, long t) {
    Redaction redaction = new Redaction();
    Cursor cursor = database
        .withView(TimeView.NOW.withHistory())
        .cursor(Order.AEVT, Range.prefix(Bound.a(Bootstrap.EXCISE)));
    while (cursor.next()) {
      Batch batch = cursor.batch();
      for (int i = batch.start; i < batch.end; i++) {
        if (batch.added(i) && batch.t[i] > t) {
          redaction.request(database, batch.e[i], batch.v[i], batch.t[i]);
        }
      }
    }
    return redaction;
  }

  /// The t of the newest request; -1 when there is none.
  public long newestT() {
    return newestT;
  }

  public boolean isEmpty() {
    return newestT < 0;
  }

  private void request(Database database, long request, long target, long t) {
    newestT = Math.max(newestT, t);
    Database then = database.withView(TimeView.NOW.withAsOf(t));
    long beforeT = t;
    if (one(then, request, Bootstrap.EXCISE_BEFORE_T) instanceof Long bound) {
      beforeT = Math.min(beforeT, Partition.t(bound));
    }
    if (one(then, request, Bootstrap.EXCISE_BEFORE) instanceof Date instant) {
      beforeT = Math.min(beforeT, TimePoint.firstAtOrAfter(database, instant));
    }
    if (Partition.partition(target) == Partition.DB) {
      int attribute = (int) target;
      attributes.merge(attribute, beforeT, Math::max);
      for (Attribute composite : database.schema().compositesOf(attribute)) {
        attributes.merge(composite.id(), beforeT, Math::max);
      }
    } else {
      Span span = new Span(named(then, request), beforeT);
      entity(then.withView(then.view().withHistory()), target, span);
    }
  }

  /// The attributes that a request names, with the composite tuples that hold their values too.
  private static Set<Integer> named(Database then, long request) {
    Set<Integer> named = new HashSet<>();
    for (Object attribute : all(then, request, Bootstrap.EXCISE_ATTRS)) {
      int id = Math.toIntExact((Long) attribute);
      named.add(id);
      then.schema().compositesOf(id).forEach(composite -> named.add(composite.id()));
    }
    return named;
  }

  /// Takes an entity and, through what goes of it, the components that it ever had.
  private void entity(Database history, long root, Span span) {
    Set<Long> seen = new HashSet<>();
    ArrayDeque<Long> open = new ArrayDeque<>();
    seen.add(root);
    open.add(root);
    while (!open.isEmpty()) {
      long entity = open.remove();
      Span own = entity == root ? span : new Span(Set.of(), span.beforeT());
      entities.computeIfAbsent(entity, _ -> new ArrayList<>()).add(own);
      Cursor cursor = history.cursor(Order.EAVT, Range.prefix(Bound.e(entity)));
      while (cursor.next()) {
        Batch batch = cursor.batch();
        for (int i = batch.start; i < batch.end; i++) {
          if (batch.added(i)
              && own.holds(batch.a[i], batch.t[i])
              && isComponent(history.schema(), batch.a[i])
              && Partition.partition(batch.v[i]) == Partition.USER
              && seen.add(batch.v[i])) {
            open.add(batch.v[i]);
          }
        }
      }
    }
  }

  private static boolean isComponent(Schema schema, int attribute) {
    Attribute of = schema.attribute(attribute);
    return of != null && of.component() && of.isRef();
  }

  /// Whether a row goes.
  ///
  /// @param from the t that opened it
  public boolean removes(long entity, int attribute, long from) {
    if (attribute < Bootstrap.FIRST_USER_ATTRIBUTE && attribute != Bootstrap.DOC) {
      return false;
    }
    Long bound = attributes.get(attribute);
    if (bound != null && from < bound) {
      return true;
    }
    for (Span span : entities.getOrDefault(entity, List.of())) {
      if (span.holds(attribute, from)) {
        return true;
      }
    }
    return false;
  }

  /// The transaction without the rows that go, and without the temporary ids of their entities:
  /// names can say as much as values.
  public LogTransaction redact(LogTransaction transaction) {
    Novelty novelty = transaction.novelty();
    Map<String, Long> tempids = new HashMap<>(transaction.tempids());
    tempids.values().removeIf(entities::containsKey);
    return new LogTransaction(
        new Novelty(novelty.t(), without(novelty.opened()), without(novelty.closed())), tempids);
  }

  private RowBuffer without(RowBuffer rows) {
    RowBuffer kept = new RowBuffer(rows.count());
    for (int i = 0; i < rows.count(); i++) {
      if (!removes(rows.e(i), rows.a(i), rows.from(i))) {
        kept.add(rows.e(i), rows.a(i), rows.v(i), rows.o(i), rows.from(i), rows.to(i));
      }
    }
    return kept;
  }

  private static @Nullable Object one(Database database, long entity, int attribute) {
    List<Object> all = all(database, entity, attribute);
    return all.isEmpty() ? null : all.get(0);
  }

  private static List<Object> all(Database database, long entity, int attribute) {
    List<Object> values = new ArrayList<>();
    Cursor cursor = database.cursor(Order.EAVT, Range.prefix(Bound.ea(entity, attribute)));
    while (cursor.next()) {
      Batch batch = cursor.batch();
      for (int i = batch.start; i < batch.end; i++) {
        values.add(database.value(attribute, batch.v[i], batch.object(i)));
      }
    }
    return values;
  }
}
