package valence.engine.naive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import clojure.lang.BigInt;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Index;
import valence.api.TxReport;
import valence.edn.Edn;

/// A world as both databases have it, after its transactions.
final class Played {
  final Place place;
  private final Connection connection;
  private final List<Long> births = new ArrayList<>();
  private NaiveDb naive;
  private @Nullable Db speculated; // instead of the connection's

  private Played(Place place) {
    this.place = place;
    this.connection = place.connection();
    this.naive = new NaiveDb(connection.db().history().datoms(Index.EAVT).toList(), 0);
  }

  /// Plays a world, each transaction compared.
  static Played of(Map<?, ?> world, Place place) {
    Played played = new Played(place);
    TxReport schema = played.connection.transact(world.get(Worlds.SCHEMA));
    played.naive = played.naive.and(schema.txData());
    if (world.get(Worlds.CROWD) instanceof Long count) {
      List<?> attributes = (List<?>) Objects.requireNonNull(world.get(Worlds.SCHEMA));
      played.transact(Crowd.births(attributes, (int) (long) count));
      played.transact(Crowd.changes(attributes, (int) (long) count));
    }
    for (Object tx : (List<?>) Objects.requireNonNull(world.get(Worlds.TXS))) {
      Map<?, ?> map = (Map<?, ?>) tx;
      place.advance((Long) Objects.requireNonNull(map.get(Worlds.AFTER)));
      if (map.get(Worlds.ALTER) instanceof List<?> forms) {
        played.alter(forms);
      } else if (map.containsKey(Worlds.INDEX)) {
        place.index();
      } else {
        played.transact((List<?>) Objects.requireNonNull(map.get(Worlds.FORMS)));
      }
    }
    return played;
  }

  /// The world with more transactions that nothing stores, each compared.
  Played with(List<?> txs) {
    Played more = new Played(place);
    more.naive = naive;
    more.births.addAll(births);
    more.speculated = db();
    for (Object tx : txs) {
      more.transact((List<?>) tx);
    }
    return more;
  }

  NaiveDb naive() {
    return naive;
  }

  Db db() {
    return speculated == null ? connection.db() : speculated;
  }

  Connection connection() {
    return connection;
  }

  /// The data with its entity numbers as ids.
  @Nullable Object known(@Nullable Object data) {
    return switch (data) {
      case EntityNumber(long n) ->
        n < 0 || births.isEmpty()
            ? (Object) Worlds.neverIssued()
            : births.get((int) (n % births.size()));
      case Map<?, ?> map -> {
        Map<@Nullable Object, @Nullable Object> known = new LinkedHashMap<>();
        map.forEach((key, value) -> known.put(known(key), known(value)));
        yield known;
      }
      case Set<?> set -> {
        Set<@Nullable Object> known = new LinkedHashSet<>();
        set.forEach(each -> known.add(known(each)));
        yield known;
      }
      case List<?> list -> {
        List<@Nullable Object> known = new ArrayList<>();
        list.forEach(each -> known.add(known(each)));
        yield known;
      }
      case null, default -> data;
    };
  }

  /// A change of the schema, which is believed: what is said afterwards is compared.
  private void alter(List<?> forms) {
    try {
      naive = naive.and(connection.transact(forms).txData().stream().distinct().toList());
    } catch (AnomalyException refused) {
      // Two attributes can't be renamed alike: that is a conflict of unique values.
      assertTrue(
          Set.of("incorrect", "conflict").contains(error(refused.anomaly()).split(" ")[0]),
          () -> "refused " + refused.anomaly());
    }
  }

  private void transact(List<?> numbered) {
    List<?> forms = (List<?>) Objects.requireNonNull(known(numbered));
    NaiveTransaction.Outcome expected = null;
    Set<String> errors = Set.of();
    try {
      expected = NaiveTransaction.transact(naive, forms);
    } catch (Refusal refusal) {
      errors = refusal.errors;
    }
    TxReport report;
    try {
      report = speculated == null ? connection.transact(forms) : speculated.with(forms);
    } catch (AnomalyException refused) {
      String actual = error(refused.anomaly());
      assertTrue(
          errors.contains(actual) || errors.contains(actual.split(" ")[0]),
          () -> "transaction " + Edn.print(numbered) + " was refused: " + refused.anomaly());
      if (expected != null) {
        fail("refused " + refused.anomaly());
      }
      assertEquals(naive.t, db().basisT());
      return;
    }
    if (expected == null) {
      fail("transaction " + Edn.print(numbered) + " isn't refused: " + errors);
      return;
    }
    accept(numbered, expected, report);
  }

  static String error(Anomaly anomaly) {
    return anomaly.category().keyword().getName()
        + anomaly.error().map(error -> " " + error).orElse("");
  }

  private void accept(List<?> numbered, NaiveTransaction.Outcome expected, TxReport report) {
    String where = "transaction " + Edn.print(numbered);
    List<Datom> said = report.txData().stream().map(Played::plain).toList();
    Datom instant = said.get(0);
    assertEquals(50, instant.a(), where);
    Set<Datom> actual = new HashSet<>(said.subList(1, said.size()));
    // A retraction that is asked for and implied is reported twice, as the reference does.
    long assertions = said.stream().filter(Datom::added).count();
    assertEquals(
        assertions, said.stream().filter(Datom::added).distinct().count(), () -> where + said);
    Map<Long, Long> ids = new LinkedHashMap<>();
    expected.tempids().forEach((name, id) -> {
      Long given = report.tempids().get(name);
      if (given == null) {
        fail(where + " doesn't report " + name);
        return;
      }
      if (id < 0) {
        Long before = ids.put(id, given);
        assertTrue(before == null || before.equals(given), where);
        assertTrue(!naive.wasIssued(given), () -> where + " gave an id again: " + given);
      } else {
        assertEquals(id, given, () -> where + ", tempid " + name);
      }
    });
    assertEquals(expected.tempids().keySet(), report.tempids().keySet(), where);
    List<Long> open = expected.datoms().stream()
        .map(Datom::e)
        .filter(e -> e < 0 && !ids.containsKey(e))
        .distinct()
        .toList();
    Set<Long> free = new LinkedHashSet<>();
    actual.forEach(datom -> {
      if (!naive.wasIssued(datom.e()) && !ids.containsValue(datom.e())) {
        free.add(datom.e());
      }
    });
    free.remove(instant.e());
    if (!match(expected.datoms(), actual, ids, open, free)) {
      assertEquals(renamed(expected.datoms(), ids), actual, where);
      fail(where);
    }
    speculated = speculated == null ? null : report.dbAfter();
    naive = naive.and(said.stream().distinct().toList());
    births.addAll(ids.values().stream().sorted().toList());
  }

  /// Finds the engine's ids for the naive ones, by trying.
  private static boolean match(
      List<Datom> expected,
      Set<Datom> actual,
      Map<Long, Long> ids,
      List<Long> open,
      Set<Long> free) {
    if (open.isEmpty()) {
      return renamed(expected, ids).equals(actual);
    }
    long next = open.get(0);
    for (long id : List.copyOf(free)) {
      if (scalars(expected, next).equals(scalars(actual, id))) {
        ids.put(next, id);
        free.remove(id);
        if (match(expected, actual, ids, open.subList(1, open.size()), free)) {
          return true;
        }
        ids.remove(next);
        free.add(id);
      }
    }
    return false;
  }

  private static Set<Object> scalars(Iterable<Datom> datoms, long e) {
    Set<Object> scalars = new HashSet<>();
    for (Datom datom : datoms) {
      if (datom.e() == e && !(datom.v() instanceof Long) && !(datom.v() instanceof List<?>)) {
        scalars.add(List.of(datom.a(), datom.v()));
      }
    }
    return scalars;
  }

  private static Set<Datom> renamed(List<Datom> datoms, Map<Long, Long> ids) {
    Set<Datom> renamed = new HashSet<>();
    for (Datom datom : datoms) {
      renamed.add(plain(new Datom(
          ids.getOrDefault(datom.e(), datom.e()),
          datom.a(),
          renamed(datom.v(), ids),
          datom.tx(),
          datom.added())));
    }
    return renamed;
  }

  private static Object renamed(Object v, Map<Long, Long> ids) {
    if (v instanceof List<?> slots) {
      List<@Nullable Object> values = new ArrayList<>();
      slots.forEach(slot -> values.add(slot == null ? null : renamed(slot, ids)));
      return values;
    }
    return v instanceof Long id && id < 0 && ids.containsKey(id) ? ids.get(id) : v;
  }

  static Datom plain(Datom datom) {
    return new Datom(
        datom.e(), datom.a(), Objects.requireNonNull(plain(datom.v())), datom.tx(), datom.added());
  }

  /// The value in types whose `equals` means the same value.
  static @Nullable Object plain(@Nullable Object value) {
    return switch (value) {
      case BigInt number -> number.toBigInteger();
      case Integer number -> number.longValue();
      case List<?> list -> {
        List<@Nullable Object> plain = new ArrayList<>();
        list.forEach(each -> plain.add(plain(each)));
        yield plain;
      }
      case Set<?> set -> {
        Set<@Nullable Object> plain = new HashSet<>();
        set.forEach(each -> plain.add(plain(each)));
        yield plain;
      }
      case Map<?, ?> map -> {
        Map<@Nullable Object, @Nullable Object> plain = new HashMap<>();
        map.forEach((key, each) -> plain.put(plain(key), plain(each)));
        yield plain;
      }
      case null, default -> value;
    };
  }

  /// The instant of a transaction.
  Date instant(long t) {
    for (Datom datom : naive.all()) {
      if (datom.e() == NaiveDb.TX + t && datom.a() == 50) {
        return (Date) datom.v();
      }
    }
    throw new IllegalArgumentException("no transaction " + t);
  }
}
