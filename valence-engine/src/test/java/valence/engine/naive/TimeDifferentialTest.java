package valence.engine.naive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static valence.engine.naive.Worlds.kw;
import static valence.engine.naive.Worlds.map;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Index;
import valence.engine.naive.Worlds.Attribute;
import valence.testing.Choices;
import valence.testing.Property;

/// Random reads of the indexes and of the log, in random windows of time, beside sorted lists.
class TimeDifferentialTest {
  private static final int TS = 14;

  private static Map<Object, Object> example(Choices choices) {
    Worlds worlds = new Worlds(choices);
    Map<Object, Object> world = worlds.world();
    List<Object> asks = choices.list(1, 12, () -> {
      Map<Object, Object> ask = map(kw("view"), Views.view(choices, true));
      ask.putAll(read(worlds));
      return ask;
    });
    return map(kw("world"), world, kw("asks"), asks);
  }

  private static Map<Object, Object> read(Worlds worlds) {
    Choices choices = worlds.choices;
    Attribute a = choices.pick(worlds.attributes);
    Object v = a.composite() || a.type().equals("tuple")
        ? null
        : a.isRef() ? worlds.known() : worlds.scalar(a.type());
    return switch (choices.below(6)) {
      case 0, 1, 2 -> {
        Index index = choices.pick(List.of(Index.values()));
        Object e = worlds.known();
        List<@Nullable Object> all = new ArrayList<>();
        switch (index) {
          case EAVT -> Collections.addAll(all, e, a.ident(), v);
          case AEVT -> Collections.addAll(all, a.ident(), e, v);
          case AVET -> Collections.addAll(all, a.ident(), v, e);
          case VAET -> Collections.addAll(all, e, a.ident(), worlds.known());
        }
        int count = choices.below(4);
        while (count > 0 && all.subList(0, count).contains(null)) {
          count--;
        }
        yield map(
            kw("read"), kw(choices.oneIn(3) ? "seek" : "datoms"),
            kw("index"), kw(index.name()),
            kw("components"), new ArrayList<>(all.subList(0, count)));
      }
      case 3 -> {
        boolean plain = v != null && !a.isRef();
        yield map(
            kw("read"),
            kw("range"),
            kw("attribute"),
            a.ident(),
            kw("start"),
            plain && choices.oneIn(2) ? worlds.scalar(a.type()) : null,
            kw("end"),
            plain && choices.oneIn(2) ? worlds.scalar(a.type()) : null);
      }
      case 4 -> map(kw("read"), kw("entid"), kw("entity"), worlds.known());
      default ->
        map(
            kw("read"), kw("log"),
            kw("start"), choices.oneIn(3) ? null : (Object) logPoint(choices),
            kw("end"), choices.oneIn(3) ? null : (Object) logPoint(choices));
    };
  }

  private static List<Object> logPoint(Choices choices) {
    return List.of(kw(choices.pick("t", "tx", "inst")), (long) choices.below(TS), (long)
        choices.pick(0, -1, 1));
  }

  @Test
  void readsAreThoseOfSortedLists() {
    Property.of("reads are those of sorted lists", 300)
        .check(TimeDifferentialTest::example, example -> {
          Played played = Played.of((Map<?, ?>) at(example, "world"), Place.log());
          for (Object ask : (List<?>) at(example, "asks")) {
            compare(played, played.connection(), (Map<?, ?>) ask);
          }
        });
  }

  private static Object at(Map<?, ?> map, String key) {
    return Objects.requireNonNull(map.get(kw(key)));
  }

  static void compare(Played played, Connection connection, Map<?, ?> ask) {
    NaiveDb naive = Views.naive(played, (List<?>) at(ask, "view"));
    Db db = Views.engine(played, connection.db(), (List<?>) at(ask, "view"));
    assertEquals(
        naive.asOf == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(naive.asOf),
        db.asOfT());
    assertEquals(naive.history, db.isHistory());
    Set<String> errors = Set.of();
    Object expected = null;
    try {
      expected = naive(played, naive, ask);
    } catch (Refusal refusal) {
      errors = refusal.errors;
    }
    Object actual;
    try {
      actual = engine(played, connection, db, ask);
    } catch (AnomalyException refused) {
      String error = Played.error(refused.anomaly());
      if (!errors.contains(error) && !errors.contains(error.split(" ")[0])) {
        assertEquals(expected == null ? errors : expected, refused.anomaly().toString());
      }
      return;
    }
    if (!errors.isEmpty()) {
      fail("expected " + errors + ", found " + actual);
    }
    assertEquals(expected, actual);
  }

  private static Object naive(Played played, NaiveDb db, Map<?, ?> ask) {
    switch (((Keyword) at(ask, "read")).getName()) {
      case "entid" -> {
        Long entity = db.entity(played.known(at(ask, "entity")));
        return entity == null ? OptionalLong.empty() : OptionalLong.of(entity);
      }
      case "range" -> {
        List<Datom> found = new ArrayList<>();
        Object start = ask.get(kw("start"));
        Object end = ask.get(kw("end"));
        long a = db.attributeOrRefuse(ask.get(kw("attribute"))).id();
        for (Datom datom : db.sorted(Index.AVET)) {
          if (datom.a() == a
              && (start == null || NaiveDb.compare(datom.v(), start) >= 0)
              && (end == null || NaiveDb.compare(datom.v(), end) < 0)) {
            found.add(datom);
          }
        }
        return found;
      }
      case "log" -> {
        long first = logT(played, ask.get(kw("start")), 0);
        long end = logT(played, ask.get(kw("end")), Long.MAX_VALUE);
        List<Object> entries = new ArrayList<>();
        for (long t = first; t <= played.naive().t && t < end; t++) {
          Set<Datom> data = new HashSet<>();
          for (Datom datom : played.naive().all()) {
            if (datom.tx() == NaiveDb.TX + t) {
              data.add(datom);
            }
          }
          entries.add(List.of(t, data));
        }
        return entries;
      }
      default -> {
        List<?> components = (List<?>) Objects.requireNonNull(played.known(at(ask, "components")));
        Index index = Index.valueOf(((Keyword) at(ask, "index")).getName());
        boolean seek = ((Keyword) at(ask, "read")).getName().equals("seek");
        return components(db, index, components, seek);
      }
    }
  }

  private static List<Datom> components(NaiveDb db, Index index, List<?> components, boolean seek) {
    List<Object> wanted = new ArrayList<>();
    String order = index.name();
    for (int i = 0; i < components.size(); i++) {
      Object given = Objects.requireNonNull(components.get(i));
      Attr a = switch (index) {
        case EAVT, VAET -> components.size() > 1 ? db.attribute(components.get(1)) : null;
        case AEVT, AVET -> db.attribute(components.get(0));
      };
      boolean reference = order.charAt(i) == 'E'
          || order.charAt(i) == 'V' && (index == Index.VAET || a != null && a.isRef());
      if (order.charAt(i) == 'A') {
        wanted.add(db.attributeOrRefuse(given).id());
      } else if (reference) {
        Long entity = db.entity(given);
        if (entity == null) {
          if (seek || index == Index.VAET && i == 0) {
            throw Refusal.incorrect("not-an-entity");
          }
          return List.of();
        }
        wanted.add(entity);
      } else {
        wanted.add(given);
      }
    }
    List<Datom> found = new ArrayList<>();
    for (Datom datom : db.sorted(index)) {
      int order0 = 0;
      for (int i = 0; i < wanted.size() && order0 == 0; i++) {
        Object part = switch (order.charAt(i)) {
          case 'E' -> datom.e();
          case 'A' -> datom.a();
          default -> datom.v();
        };
        // Values of other attributes stand apart by their attribute, which is compared before.
        order0 = NaiveDb.compare(part, wanted.get(i));
      }
      if (order0 == 0 || seek && order0 > 0) {
        found.add(datom);
      }
    }
    return found;
  }

  private static long logT(Played played, @Nullable Object point, long open) {
    if (!(point instanceof List<?> parts)) {
      return open;
    }
    if (!parts.get(0).equals(kw("inst"))) {
      return (Long) parts.get(1);
    }
    long millis = instant(played, parts);
    long first = 0;
    while (first <= played.naive().t && played.instant(first).getTime() < millis) {
      first++;
    }
    return first;
  }

  private static long instant(Played played, List<?> parts) {
    long t = Math.min((Long) parts.get(1), played.naive().t);
    return played.instant(t).getTime() + (Long) parts.get(2);
  }

  private static @Nullable Object engineLogPoint(Played played, @Nullable Object point) {
    if (!(point instanceof List<?> parts)) {
      return null;
    }
    return switch (((Keyword) parts.get(0)).getName()) {
      case "t" -> parts.get(1);
      case "tx" -> NaiveDb.TX + (Long) parts.get(1);
      default -> new java.util.Date(instant(played, parts));
    };
  }

  private static Object engine(Played played, Connection connection, Db db, Map<?, ?> ask) {
    switch (((Keyword) at(ask, "read")).getName()) {
      case "entid" -> {
        return db.entid(Objects.requireNonNull(played.known(at(ask, "entity"))));
      }
      case "range" -> {
        return plain(db.indexRange(at(ask, "attribute"), ask.get(kw("start")), ask.get(kw("end")))
            .toList());
      }
      case "log" -> {
        List<Object> entries = new ArrayList<>();
        try (var range = connection.txRange(
            engineLogPoint(played, ask.get(kw("start"))),
            engineLogPoint(played, ask.get(kw("end"))))) {
          range.forEach(
              entry -> entries.add(List.of(entry.t(), new HashSet<>(plain(entry.data())))));
        }
        return entries;
      }
      default -> {
        Object[] components =
            ((List<?>) Objects.requireNonNull(played.known(at(ask, "components")))).toArray();
        Index index = Index.valueOf(((Keyword) at(ask, "index")).getName());
        return plain((((Keyword) at(ask, "read")).getName().equals("seek")
                ? db.seekDatoms(index, components)
                : db.datoms(index, components))
            .toList());
      }
    }
  }

  private static List<Datom> plain(List<Datom> datoms) {
    return datoms.stream().map(Played::plain).toList();
  }
}
