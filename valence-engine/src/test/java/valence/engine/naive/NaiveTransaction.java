package valence.engine.naive;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import valence.api.Datom;

/// What a transaction means, step by step as the rules are written.
///
/// New entities have negative ids here. Every mistake is noted before one is refused for.
final class NaiveTransaction {
  private static final Keyword ID = Keyword.intern("db/id");
  private static final int STRING_UNITS_MAX = 4096;
  private static final long FIRST_NEW = -(1L << 50); // no value that is generated

  /// @param datoms  without that of the transaction's own instant
  /// @param tempids of the caller
  record Outcome(List<Datom> datoms, Map<String, Long> tempids) {}

  /// A temporary id: the caller's, or one of a map without `:db/id`.
  private record Temp(String name, boolean anonymous) {}

  /// @param e an id or a [Temp]
  /// @param v a value or, of a reference, a [Temp]
  private record Op(boolean add, Object e, Attr a, Object v) {}

  private record Fact(long e, Attr a, Object v) {}

  private final NaiveDb db;
  private final long tx;
  private final List<Op> ops = new ArrayList<>();
  private final Set<String> errors = new HashSet<>();
  private final Map<Temp, Temp> same = new HashMap<>(); // towards the one that stands for all
  private final Map<Temp, Long> ids = new HashMap<>();
  private int anonymous;

  private NaiveTransaction(NaiveDb db) {
    this.db = db.asOf(Long.MAX_VALUE).since(-1);
    this.tx = NaiveDb.TX + db.t + 1;
  }

  static Outcome transact(NaiveDb db, List<?> forms) {
    return new NaiveTransaction(db).run(forms);
  }

  private Outcome run(List<?> forms) {
    for (Object form : forms) {
      noting(() -> expand(form));
    }
    refuseAny();
    resolve();
    refuseAny();
    List<Datom> datoms = datoms();
    refuseAny();
    Map<String, Long> tempids = new HashMap<>();
    for (Op op : ops) {
      for (Object part : new Object[] {op.e(), op.v()}) {
        if (part instanceof Temp temp && !temp.anonymous()) {
          tempids.put(temp.name(), id(temp));
        }
      }
    }
    return new Outcome(datoms, tempids);
  }

  private void noting(Runnable step) {
    try {
      step.run();
    } catch (Refusal refusal) {
      errors.addAll(refusal.errors);
    }
  }

  private void refuseAny() {
    if (!errors.isEmpty()) {
      throw new Refusal(errors);
    }
  }

  // Forms

  private void expand(@Nullable Object form) {
    if (form instanceof Map<?, ?> map) {
      map(map);
    } else if (form instanceof List<?> list) {
      list(list);
    } else {
      throw Refusal.incorrect("not-transaction-data");
    }
  }

  private void list(List<?> form) {
    String operation =
        form.isEmpty() || !(form.get(0) instanceof Keyword head) ? "" : head.getName();
    switch (operation) {
      case "add" -> {
        if (form.size() != 4) {
          throw Refusal.incorrect("invalid-list-form");
        }
        say(true, form.get(1), form.get(2), form.get(3));
      }
      case "retract" -> {
        if (form.size() == 4) {
          say(false, form.get(1), form.get(2), form.get(3));
        } else {
          noting(() -> entity(form.get(1)));
          noting(() -> attribute(form.get(2)));
          Attr a = attribute(form.get(2));
          if (entity(form.get(1)) instanceof Long e) {
            db.values(e, a.id()).forEach(v -> ops.add(new Op(false, e, a, v)));
          }
        }
      }
      case "retractEntity" -> {
        Object e = form.get(1) instanceof String ? null : db.entity(form.get(1));
        if (e != null) {
          retractEntity((Long) e, new HashSet<>());
        }
      }
      case "cas" -> cas(form);
      default -> throw Refusal.incorrect("not-a-data-function");
    }
  }

  private void retractEntity(long entity, Set<Long> seen) {
    if (!seen.add(entity)) {
      return;
    }
    for (Datom datom : db.now()) {
      Attr a = db.attribute(datom.a());
      if (a != null && (datom.e() == entity || a.isRef() && datom.v().equals(entity))) {
        ops.add(new Op(false, datom.e(), a, datom.v()));
        if (datom.e() == entity && a.component()) {
          retractEntity((Long) datom.v(), seen);
        }
      }
    }
  }

  private void cas(List<?> form) {
    noting(() -> entity(form.get(1)));
    Attr a = attribute(form.get(2));
    if (form.get(4) == null) {
      throw Refusal.incorrect("invalid-cas");
    }
    if (a.many()) {
      throw Refusal.incorrect("invalid-cas-many");
    }
    Object e = entity(form.get(1));
    Object now = e instanceof Long id ? first(db.values(id, a.id())) : null;
    Object old = form.get(3); // of a reference too: names aren't resolved here
    boolean equal = old == null || now == null
        ? old == null && now == null
        : old instanceof BigDecimal x && now instanceof BigDecimal y
            ? x.compareTo(y) == 0
            : old.equals(now);
    if (!equal) {
      errors.add("conflict :db.error/cas-failed");
    }
    say(true, form.get(1), form.get(2), form.get(4));
  }

  private static @Nullable Object first(Collection<?> values) {
    return values.isEmpty() ? null : values.iterator().next();
  }

  private Object map(Map<?, ?> form) {
    Object e =
        form.containsKey(ID) ? entity(form.get(ID)) : new Temp("anonymous " + anonymous++, true);
    form.forEach((key, value) -> {
      if (key != ID) {
        noting(() -> pair(e, key, value));
      }
    });
    return e;
  }

  private void pair(Object e, Object key, @Nullable Object value) {
    if (!(key instanceof Keyword named)) {
      throw Refusal.incorrect("not-a-keyword");
    }
    if (named.getName().startsWith("_")) {
      Attr a = attribute(Keyword.intern(named.getNamespace(), named.getName().substring(1)));
      Object other = entity(value);
      ops.add(new Op(true, other, a, e));
      return;
    }
    Attr a = attribute(key);
    boolean several = a.many() && value instanceof Collection<?>;
    for (Object each : several ? (Collection<?>) value : Collections.singletonList(value)) {
      noting(() -> {
        if (each instanceof Map<?, ?> nested) {
          ops.add(new Op(true, e, a, nested(a, nested)));
        } else {
          ops.add(new Op(true, e, a, value(a, each)));
        }
      });
    }
  }

  private Object nested(Attr a, Map<?, ?> form) {
    if (!a.isRef()) {
      throw Refusal.incorrect("wrong-type-for-attribute");
    }
    boolean named = a.component() || form.containsKey(ID);
    for (Object key : form.keySet()) {
      Attr attribute = db.attribute(key);
      named |= attribute != null && attribute.unique().equals("identity");
    }
    if (!named) {
      errors.add("incorrect :db.error/invalid-nested-entity");
    }
    return map(form);
  }

  private void say(boolean add, @Nullable Object e, @Nullable Object a, @Nullable Object v) {
    noting(() -> entity(e));
    noting(() -> attribute(a));
    noting(() -> value(attribute(a), v));
    ops.add(new Op(add, entity(e), attribute(a), value(attribute(a), v)));
  }

  private Object entity(@Nullable Object e) {
    if (e instanceof String name) {
      return new Temp(name, false);
    }
    if (e instanceof Long id && id != tx && !db.wasIssued(id)) {
      throw Refusal.incorrect("invalid-entity-id");
    }
    Long found = db.entity(e);
    if (found == null) {
      throw Refusal.incorrect("not-an-entity");
    }
    return found;
  }

  private Attr attribute(@Nullable Object a) {
    if (a instanceof Long id && db.attribute(id) == null) {
      throw Refusal.incorrect("not-an-attribute");
    }
    if (a != null && !(a instanceof Keyword || a instanceof Long)) {
      throw Refusal.incorrect("not-a-keyword");
    }
    if (db.attribute(a) == null && db.entity(a) != null) {
      throw Refusal.incorrect("not-an-attribute");
    }
    return db.attributeOrRefuse(a);
  }

  // Values

  private Object value(Attr a, @Nullable Object v) {
    if (v == null) {
      throw Refusal.incorrect("nil-value");
    }
    if (a.isRef()) {
      return reference(v);
    }
    if (!a.type().equals("tuple")) {
      Object value = scalar(a.type(), v);
      if (value == null) {
        throw Refusal.incorrect("wrong-type-for-attribute");
      }
      if (value instanceof String text && text.length() > STRING_UNITS_MAX) {
        throw Refusal.incorrect();
      }
      return value;
    }
    int count = v instanceof List<?> slots ? slots.size() : 0;
    int least = a.isComposite()
        ? a.members().size()
        : a.slots().isEmpty() ? 2 : a.slots().size();
    int most = a.slots().isEmpty() && !a.isComposite() ? 8 : least;
    if (!(v instanceof List<?> slots) || count < least || count > most) {
      throw Refusal.incorrect("invalid-tuple-value");
    }
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < slots.size(); i++) {
      Object slot = slots.get(i);
      String type = type(a, i);
      Object value =
          slot == null ? null : type.equals("ref") ? reference(slot) : scalar(type, slot);
      if (slot != null && value == null) {
        throw Refusal.incorrect("invalid-tuple-value");
      }
      values.add(value);
    }
    return values;
  }

  private String type(Attr a, int slot) {
    Attr member = a.isComposite() ? db.attribute((Object) a.members().get(slot)) : null;
    return member != null
        ? member.type()
        : a.slots().isEmpty() ? a.slot() : a.slots().get(slot);
  }

  private Object reference(Object v) {
    if (v instanceof String name) {
      return new Temp(name, false);
    }
    Long entity =
        v instanceof Long || v instanceof Keyword || v instanceof List<?> ? db.entity(v) : null;
    if (entity == null) {
      throw Refusal.incorrect("not-an-entity");
    }
    return entity;
  }

  private static @Nullable Object scalar(String type, Object v) {
    boolean right = switch (type) {
      case "string" -> v instanceof String;
      case "long" -> v instanceof Long;
      case "keyword" -> v instanceof Keyword;
      case "symbol" -> v instanceof Symbol;
      case "boolean" -> v instanceof Boolean;
      case "double" -> v instanceof Double;
      case "bigdec" -> v instanceof BigDecimal;
      case "bigint" -> v instanceof BigInteger || v instanceof clojure.lang.BigInt;
      case "instant" -> v instanceof Date;
      case "uuid" -> v instanceof UUID;
      case "uri" -> v instanceof URI;
      default -> throw new AssertionError(type);
    };
    return right ? v : null;
  }

  // Temporary ids

  private Temp root(Temp temp) {
    Temp up = same.get(temp);
    return up == null ? temp : root(up);
  }

  private long id(Temp temp) {
    Long id = ids.get(root(temp));
    if (id == null) {
      throw new IllegalStateException("no id for " + temp);
    }
    return id;
  }

  private void resolve() {
    ids.put(new Temp("datomic.tx", false), tx);
    boolean changed = true;
    while (changed) {
      changed = false;
      Map<Object, Temp> claims = new HashMap<>();
      for (Op op : ops) {
        if (!op.add() || !op.a().unique().equals("identity") || !(op.e() instanceof Temp temp)) {
          continue;
        }
        Object v = op.v() instanceof Temp value
            ? ids.containsKey(root(value)) ? ids.get(root(value)) : root(value)
            : op.v();
        Temp root = root(temp);
        Temp other = claims.putIfAbsent(List.of(op.a().id(), v == null ? "" : v), root);
        if (other != null && !root(other).equals(root)) {
          changed |= unite(root, root(other));
        }
        for (Datom datom : db.now()) {
          if (datom.a() == op.a().id() && datom.v().equals(v)) {
            changed |= bind(root(root), datom.e());
          }
        }
      }
      if (!errors.isEmpty()) {
        said(); // notes what else is wrong
      }
      refuseAny();
    }
    Set<Temp> said = said();
    long next = FIRST_NEW;
    for (Op op : ops) {
      for (Object part : parts(op)) {
        if (part instanceof Temp temp && !ids.containsKey(root(temp))) {
          if (said.contains(root(temp))) {
            ids.put(root(temp), next--);
          }
        }
      }
    }
  }

  /// The temporary ids of which something is said; others that have no id are a mistake.
  private Set<Temp> said() {
    Set<Temp> said = new HashSet<>();
    for (Op op : ops) {
      if (op.e() instanceof Temp temp) {
        said.add(root(temp));
      }
    }
    for (Op op : ops) {
      for (Object part : parts(op)) {
        if (part instanceof Temp temp
            && !ids.containsKey(root(temp))
            && !said.contains(root(temp))) {
          errors.add("incorrect :db.error/tempid-not-an-entity");
        }
      }
    }
    return said;
  }

  private static List<@Nullable Object> parts(Op op) {
    List<@Nullable Object> parts = new ArrayList<>();
    parts.add(op.e());
    if (op.v() instanceof List<?> slots) {
      parts.addAll(slots);
    } else {
      parts.add(op.v());
    }
    return parts;
  }

  private boolean unite(Temp x, Temp y) {
    Long id = ids.remove(x);
    same.put(x, y);
    Long other = ids.get(y);
    if (id != null && other == null) {
      ids.put(y, id);
    }
    if (id != null && other != null && !other.equals(id)) {
      // Two entities that claim one value, as well as one claim of two entities.
      errors.add("conflict :db.error/unique-conflict");
      errors.add("incorrect :db.error/datoms-conflict");
    }
    return true;
  }

  private boolean bind(Temp root, long entity) {
    Long before = ids.putIfAbsent(root, entity);
    if (before != null && before != entity) {
      errors.add("conflict :db.error/unique-conflict");
      errors.add("incorrect :db.error/datoms-conflict"); // when names that were united brought it
    }
    return before == null;
  }

  private Object known(Object part) {
    if (part instanceof Temp temp) {
      return id(temp);
    }
    if (part instanceof List<?> slots) {
      List<@Nullable Object> values = new ArrayList<>();
      for (Object slot : slots) {
        values.add(slot == null ? null : known(slot));
      }
      return values;
    }
    return part;
  }

  // Datoms

  private List<Datom> datoms() {
    Set<Fact> adds = new LinkedHashSet<>();
    Set<Fact> retracts = new LinkedHashSet<>();
    Set<Long> mentioned = new LinkedHashSet<>();
    for (Op op : ops) {
      Fact fact = new Fact((Long) known(op.e()), op.a(), known(op.v()));
      mentioned.add(fact.e());
      if (!op.a().isComposite()) {
        (op.add() ? adds : retracts).add(fact);
      }
    }
    for (Fact add : adds) {
      boolean conflict = retracts.contains(add);
      for (Fact other : adds) {
        conflict |= other.e() == add.e()
            && other.a().equals(add.a())
            && !add.a().many()
            && !other.v().equals(add.v());
      }
      if (conflict) {
        errors.add("incorrect :db.error/datoms-conflict");
      }
    }
    Set<Fact> before = new LinkedHashSet<>();
    for (Datom datom : db.now()) {
      Attr a = db.attribute(datom.a());
      if (a != null) {
        before.add(new Fact(datom.e(), a, datom.v()));
      }
    }
    Set<Fact> after = new LinkedHashSet<>(before);
    after.removeAll(retracts);
    for (Fact add : adds) {
      if (!add.a().many()) {
        after.removeIf(fact -> fact.e() == add.e() && fact.a().equals(add.a()));
      }
    }
    after.addAll(adds);
    composites(mentioned, after);
    unique(before, after);
    List<Datom> datoms = new ArrayList<>();
    for (Fact fact : after) {
      if (!before.contains(fact)) {
        datoms.add(new Datom(fact.e(), fact.a().id(), fact.v(), tx, true));
      }
    }
    for (Fact fact : before) {
      if (!after.contains(fact)) {
        datoms.add(new Datom(fact.e(), fact.a().id(), fact.v(), tx, false));
      }
    }
    return datoms;
  }

  private void composites(Set<Long> mentioned, Set<Fact> after) {
    for (Attr a : db.attributes()) {
      for (long e : a.isComposite() ? mentioned : Set.<Long>of()) {
        List<@Nullable Object> slots = new ArrayList<>();
        for (long member : a.members()) {
          Object value = null;
          for (Fact fact : after) {
            value = fact.e() == e && fact.a().id() == member ? fact.v() : value;
          }
          slots.add(value);
        }
        after.removeIf(fact -> fact.e() == e && fact.a().equals(a));
        if (slots.stream().anyMatch(slot -> slot != null)) {
          after.add(new Fact(e, a, slots));
        }
      }
    }
  }

  private void unique(Set<Fact> before, Set<Fact> after) {
    Map<Object, Fact> holders = new LinkedHashMap<>();
    for (Fact fact : after) {
      if (fact.a().unique().isEmpty()) {
        continue;
      }
      Fact other = holders.putIfAbsent(List.of(fact.a().id(), fact.v()), fact);
      if (other != null) {
        boolean bothNew = !before.contains(fact) && !before.contains(other);
        errors.add(
            bothNew ? "incorrect :db.error/datoms-conflict" : "conflict :db.error/unique-conflict");
      }
    }
  }
}
