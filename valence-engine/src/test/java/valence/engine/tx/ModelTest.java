package valence.engine.tx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.AnomalyException;
import valence.api.Datom;
import valence.engine.db.Database;
import valence.engine.index.Batch;
import valence.engine.index.Cursor;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.index.RowBuffer;
import valence.engine.index.TimeView;
import valence.engine.schema.Attribute;
import valence.engine.schema.Partition;

/// Random transactions beside a model that is sets of facts and nothing else.
class ModelTest {
  private static final String SCHEMA = """
      [{:db/ident :m/id :db/valueType :db.type/string :db/cardinality :db.cardinality/one
        :db/unique :db.unique/identity}
       {:db/ident :m/code :db/valueType :db.type/long :db/cardinality :db.cardinality/one
        :db/unique :db.unique/value}
       {:db/ident :m/one :db/valueType :db.type/long :db/cardinality :db.cardinality/one}
       {:db/ident :m/many :db/valueType :db.type/string :db/cardinality :db.cardinality/many}
       {:db/ident :m/ref :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}
       {:db/ident :m/refs :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}]
      """;
  private static final int TRANSACTIONS = 150;
  private static final int ENTITIES = 6;
  private static final Keyword ADD = Keyword.intern("db", "add");
  private static final Keyword RETRACT = Keyword.intern("db", "retract");

  private record Fact(long e, Keyword a, Object v) {}

  private record Form(boolean add, long e, Keyword a, Optional<Object> v) {
    List<Object> data() {
      List<Object> data = new ArrayList<>(List.of(add ? ADD : RETRACT, e, a));
      v.ifPresent(data::add);
      return data;
    }
  }

  private static final Keyword ID = Keyword.intern("m", "id");
  private static final Keyword CODE = Keyword.intern("m", "code");
  private static final Keyword ONE = Keyword.intern("m", "one");
  private static final Keyword MANY = Keyword.intern("m", "many");
  private static final Keyword REF = Keyword.intern("m", "ref");
  private static final Keyword REFS = Keyword.intern("m", "refs");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void agreesWithSetsOfFacts(long seed) {
    Random random = new Random(seed);
    Database db = Transactions.transact(
            Database.empty("model"), Example.read(SCHEMA), Example.CONTEXT)
        .after();
    List<Object> births = new ArrayList<>();
    for (int i = 0; i < ENTITIES; i++) {
      births.add(List.of(ADD, "t" + i, ID, "id" + i));
    }
    Transacted born = Transactions.transact(db, births, Example.CONTEXT);
    db = born.after();
    List<Long> entities = new ArrayList<>(new TreeMap<>(born.tempids()).values());
    Set<Fact> model = facts(db);
    int refused = 0;
    for (int n = 0; n < TRANSACTIONS; n++) {
      String where = "seed " + seed + ", transaction " + n;
      List<Form> forms = forms(random, entities, model);
      List<Object> txData = new ArrayList<>(forms.stream().map(Form::data).toList());
      Set<Fact> expected = after(model, forms);
      Database before = db;
      if (expected == null) {
        refused++;
        assertThrows(
            AnomalyException.class,
            () -> Transactions.transact(before, txData, Example.CONTEXT),
            where + " " + txData);
        assertEquals(model, facts(db), where);
        continue;
      }
      Transacted transacted = Transactions.transact(db, txData, Example.CONTEXT);
      db = transacted.after();
      assertEquals(expected, facts(db), where + " " + txData);
      checkReport(before, db, transacted, where);
      checkIndexes(before, db, transacted, where);
      Collections.shuffle(txData, random);
      assertEquals(
          expected,
          facts(Transactions.transact(before, txData, Example.CONTEXT).after()),
          where + ", other order");
      model = expected;
    }
    assertTrue(refused > 0 && refused < TRANSACTIONS / 2, seed + " refused " + refused);
  }

  private static List<Form> forms(Random random, List<Long> entities, Set<Fact> model) {
    List<Fact> known = new ArrayList<>(model);
    List<Form> forms = new ArrayList<>();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      long e = entities.get(random.nextInt(entities.size()));
      if (random.nextInt(4) == 0 && !known.isEmpty()) {
        Fact fact = known.get(random.nextInt(known.size()));
        forms.add(new Form(random.nextBoolean(), fact.e(), fact.a(), Optional.of(fact.v())));
        continue;
      }
      boolean add = random.nextInt(3) > 0;
      Keyword a = List.of(ID, CODE, ONE, MANY, REF, REFS).get(random.nextInt(6));
      Object v;
      if (a == ID) {
        v = "id" + random.nextInt(2 * ENTITIES);
      } else if (a == MANY) {
        v = "same prefix " + random.nextInt(5);
      } else if (a == REF || a == REFS) {
        v = entities.get(random.nextInt(entities.size()));
      } else {
        v = (long) random.nextInt(8);
      }
      forms.add(
          new Form(add, e, a, add || random.nextBoolean() ? Optional.of(v) : Optional.empty()));
    }
    return forms;
  }

  /// What the rules make of the facts; null when they refuse.
  private static @Nullable Set<Fact> after(Set<Fact> before, List<Form> forms) {
    Set<Fact> added = new HashSet<>();
    Set<Fact> retracted = new HashSet<>();
    for (Form form : forms) {
      if (form.v().isPresent()) {
        (form.add() ? added : retracted)
            .add(new Fact(form.e(), form.a(), form.v().get()));
      } else {
        before.stream()
            .filter(fact -> fact.e() == form.e() && fact.a() == form.a())
            .forEach(retracted::add);
      }
    }
    if (!Collections.disjoint(added, retracted)) {
      return null;
    }
    Set<Fact> after = new HashSet<>(before);
    after.removeAll(retracted);
    for (Fact fact : added) {
      boolean many = fact.a() == MANY || fact.a() == REFS;
      if (!many) {
        for (Fact other : added) {
          if (other.e() == fact.e() && other.a() == fact.a() && !other.v().equals(fact.v())) {
            return null;
          }
        }
        after.removeIf(other -> other.e() == fact.e() && other.a() == fact.a());
      }
    }
    after.addAll(added);
    Map<Object, Long> holders = new HashMap<>();
    for (Fact fact : after) {
      if (fact.a() == ID || fact.a() == CODE) {
        if (holders.put(List.of(fact.a(), fact.v()), fact.e()) != null) {
          return null;
        }
      }
    }
    return after;
  }

  /// The user's facts, by a scan.
  private static Set<Fact> facts(Database db) {
    Set<Fact> facts = new HashSet<>();
    Cursor cursor = db.cursor(Order.EAVT, Range.ALL);
    while (cursor.next()) {
      Batch batch = cursor.batch();
      for (int i = batch.start; i < batch.end; i++) {
        if (Partition.partition(batch.e[i]) == Partition.USER) {
          facts.add(new Fact(
              batch.e[i],
              ident(db, batch.a[i]),
              db.value(batch.a[i], batch.v[i], batch.object(i))));
        }
      }
    }
    return facts;
  }

  private static Keyword ident(Database db, int attribute) {
    Attribute named = db.schema().attribute(attribute);
    return named == null ? Keyword.intern("none") : named.ident();
  }

  /// What is reported is the difference of the two databases.
  private static void checkReport(
      Database before, Database after, Transacted transacted, String where) {
    Set<Fact> changed = facts(before);
    for (Datom datom : transacted.txData()) {
      if (Partition.partition(datom.e()) == Partition.USER) {
        Fact fact = new Fact(datom.e(), ident(before, (int) datom.a()), datom.v());
        if (datom.added()) {
          assertTrue(changed.add(fact), where + " asserts again " + fact);
        } else {
          changed.remove(fact);
        }
      }
    }
    assertEquals(facts(after), changed, where);
  }

  /// All orders show the same rows, in each view, and novelty makes the same database again.
  private static void checkIndexes(
      Database before, Database after, Transacted transacted, String where) {
    for (TimeView view : List.of(
        TimeView.NOW,
        TimeView.NOW.withHistory(),
        TimeView.NOW.withAsOf(before.basisT()),
        TimeView.NOW.withSince(before.basisT()))) {
      Database seen = after.withView(view);
      List<String> byEntity = rows(seen, Order.EAVT);
      assertEquals(byEntity, rows(seen, Order.AEVT), where);
      assertEquals(byEntity, rows(seen, Order.AVET), where);
      Database again = before.apply(transacted.novelty()).withView(view);
      assertEquals(byEntity, rows(again, Order.EAVT), where);
      byEntity.removeIf(row -> !row.contains(" ref "));
      assertEquals(byEntity, rows(seen, Order.VAET), where);
    }
    assertEquals(
        rows(before, Order.EAVT),
        rows(after.withView(TimeView.NOW.withAsOf(before.basisT())), Order.EAVT),
        where + ", the past");
    RowBuffer closed = transacted.novelty().closed();
    Set<String> once = new TreeSet<>();
    for (int i = 0; i < closed.count(); i++) {
      assertTrue(
          once.add(closed.e(i) + " " + closed.a(i) + " " + closed.v(i) + " " + closed.o(i)), where);
    }
  }

  private static List<String> rows(Database db, Order order) {
    List<String> rows = new ArrayList<>();
    Cursor cursor = db.cursor(order, Range.ALL);
    while (cursor.next()) {
      Batch batch = cursor.batch();
      for (int i = batch.start; i < batch.end; i++) {
        Attribute attribute = db.schema().attribute(batch.a[i]);
        boolean ref = attribute != null && attribute.isRef();
        Object value = db.value(batch.a[i], batch.v[i], batch.object(i));
        rows.add(batch.e[i]
            + (ref ? " ref " : " ")
            + batch.a[i]
            + " "
            + value
            + " "
            + batch.t[i]
            + " "
            + batch.added(i));
      }
    }
    Collections.sort(rows);
    return rows;
  }
}
