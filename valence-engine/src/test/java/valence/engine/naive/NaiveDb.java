package valence.engine.naive;

import clojure.lang.Keyword;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import valence.api.Datom;
import valence.api.Index;

/// A database as a list of every datom ever said, oldest first, and the window that is shown.
///
/// @param t the basis
/// @param asOf newest t that is shown; `Long.MAX_VALUE` for all
/// @param since newest t that isn't shown any more; -1 for none
final class NaiveDb {
  static final long TX = 3L << 42;
  private static final long IDENT = 10;

  final long t;
  final long asOf;
  final long since;
  final boolean history;
  private final Predicate<Datom> filter;
  private final List<Datom> all;
  private final List<Datom> shown;
  private final Map<Object, List<Datom>> lists = new HashMap<>();
  private final Set<Long> issued = new HashSet<>();
  private final Map<Keyword, Long> entities = new HashMap<>();
  private final Map<Long, Keyword> idents = new HashMap<>();
  private final Map<Long, Attr> attributes = new LinkedHashMap<>();

  NaiveDb(List<Datom> all, long t) {
    this(all, t, Long.MAX_VALUE, -1, false, datom -> true);
  }

  private NaiveDb(
      List<Datom> all, long t, long asOf, long since, boolean history, Predicate<Datom> filter) {
    this.all = all;
    this.t = t;
    this.asOf = asOf;
    this.since = since;
    this.history = history;
    this.filter = filter;
    this.shown = (history ? window() : last(window())).stream().filter(filter).toList();
    readSchema();
  }

  NaiveDb asOf(long point) {
    return new NaiveDb(all, t, point, since, history, filter);
  }

  NaiveDb since(long point) {
    return new NaiveDb(all, t, asOf, point, history, filter);
  }

  NaiveDb history() {
    return new NaiveDb(all, t, asOf, since, true, filter);
  }

  NaiveDb filter(Predicate<Datom> shows) {
    return new NaiveDb(all, t, asOf, since, history, filter.and(shows));
  }

  /// The database with one more transaction; the window stays.
  NaiveDb and(List<Datom> datoms) {
    List<Datom> more = new ArrayList<>(all);
    more.addAll(datoms);
    return new NaiveDb(more, t + 1, asOf, since, history, filter);
  }

  List<Datom> all() {
    return all;
  }

  /// What the window shows.
  List<Datom> datoms() {
    return shown;
  }

  /// Datoms among which are all that have the given parts; null for any. A list for each entity and
  /// each attribute with its value, made when first asked for: else large worlds take for ever.
  List<Datom> candidates(@Nullable Object e, @Nullable Object a, @Nullable Object v) {
    if (lists.isEmpty()) {
      for (Datom datom : shown) {
        for (Object key : List.of(
            datom.e(), List.of(datom.a()), List.of(datom.a(), datom.v()), Set.of(datom.v()))) {
          lists.computeIfAbsent(key, k -> new ArrayList<>()).add(datom);
        }
      }
    }
    Object key = e != null
        ? e
        : a != null ? (v != null ? List.of(a, v) : List.of(a)) : v != null ? Set.of(v) : null;
    return key == null ? shown : lists.getOrDefault(key, List.of());
  }

  /// What is true now, whatever the window.
  List<Datom> now() {
    return last(all);
  }

  private List<Datom> window() {
    List<Datom> some = new ArrayList<>();
    for (Datom datom : all) {
      long said = datom.tx() - TX;
      if (said > since && said <= asOf) {
        some.add(datom);
      }
    }
    return some;
  }

  /// The facts whose newest datom is an assertion.
  private static List<Datom> last(List<Datom> datoms) {
    Map<Object, Datom> newest = new LinkedHashMap<>();
    for (Datom datom : datoms) {
      newest.put(List.of(datom.e(), datom.a(), datom.v()), datom);
    }
    return newest.values().stream().filter(Datom::added).toList();
  }

  /// The t that a time point names: a t, a transaction's id, or an instant.
  long point(Object point) {
    if (point instanceof Date instant) {
      long found = -1;
      for (Datom datom : all) {
        if (datom.a() == 50 && datom.e() >= TX && !((Date) datom.v()).after(instant)) {
          found = Math.max(found, datom.e() - TX);
        }
      }
      return found;
    }
    long number = (Long) point;
    return number >= TX ? number - TX : number;
  }

  // Schema

  private void readSchema() {
    for (Datom datom : all) {
      if (datom.a() == IDENT && datom.added()) {
        entities.put((Keyword) datom.v(), datom.e());
        idents.put(datom.e(), (Keyword) datom.v());
      } else if (datom.a() == IDENT) {
        idents.remove(datom.e(), datom.v());
      }
    }
    Map<Long, Map<String, Object>> described = new LinkedHashMap<>();
    for (Datom datom : now()) {
      Keyword of = idents.get(datom.a());
      if (of != null && "db".equals(of.getNamespace())) {
        described.computeIfAbsent(datom.e(), e -> new HashMap<>()).put(of.getName(), datom.v());
      }
    }
    described.forEach((id, facts) -> {
      if (facts.containsKey("valueType") && idents.containsKey(id)) {
        attributes.put(id, attribute(id, facts));
      }
    });
  }

  private Attr attribute(long id, Map<String, Object> facts) {
    List<Long> members = new ArrayList<>();
    for (Object member : (List<?>) facts.getOrDefault("tupleAttrs", List.of())) {
      members.add(entities.getOrDefault(member, -1L));
    }
    List<String> slots = new ArrayList<>();
    for (Object slot : (List<?>) facts.getOrDefault("tupleTypes", List.of())) {
      slots.add(((Keyword) slot).getName());
    }
    Object slot = facts.get("tupleType");
    return new Attr(
        id,
        known(id),
        name(facts.get("valueType")),
        name(facts.get("cardinality")).equals("many"),
        name(facts.get("unique")),
        Boolean.TRUE.equals(facts.get("isComponent")),
        Boolean.TRUE.equals(facts.get("noHistory")),
        members,
        slots,
        slot == null ? "" : ((Keyword) slot).getName());
  }

  private Keyword known(long id) {
    Keyword ident = idents.get(id);
    if (ident == null) {
      throw new IllegalStateException("no ident for " + id);
    }
    return ident;
  }

  private String name(@Nullable Object entity) {
    return entity == null ? "" : known((Long) entity).getName();
  }

  @Nullable Keyword ident(long entity) {
    return idents.get(entity);
  }

  @Nullable Attr attribute(long id) {
    return attributes.get(id);
  }

  @Nullable Attr attribute(@Nullable Object named) {
    Long id = named instanceof Keyword ident
        ? entities.get(ident)
        : named instanceof Long number ? number : null;
    return id == null ? null : attributes.get(id);
  }

  Attr attributeOrRefuse(@Nullable Object named) {
    Attr attribute = attribute(named);
    if (attribute == null) {
      throw Refusal.incorrect("not-an-entity");
    }
    return attribute;
  }

  List<Attr> attributes() {
    return List.copyOf(attributes.values());
  }

  // Entities

  /// The entity that an id, an ident or a lookup ref names in this window; null for none.
  @Nullable Long entity(@Nullable Object ref) {
    return switch (ref) {
      case Long id -> id;
      case Keyword ident -> entities.get(ident);
      case List<?> lookup -> holder(lookup);
      case null, default -> null;
    };
  }

  private @Nullable Long holder(List<?> lookup) {
    if (lookup.size() != 2) {
      throw Refusal.incorrect("invalid-lookup-ref");
    }
    Attr attribute = attributeOrRefuse(lookup.get(0));
    if (attribute.unique().isEmpty()) {
      throw Refusal.incorrect("lookup-ref-attr-not-unique");
    }
    Object value = attribute.isRef() ? entity(lookup.get(1)) : lookup.get(1);
    if (value == null) {
      return null;
    }
    Datom oldest = null;
    for (Datom datom : shown) {
      if (datom.a() == attribute.id()
          && datom.v().equals(value)
          && (oldest == null || datom.e() < oldest.e())) {
        oldest = datom;
      }
    }
    return oldest == null ? null : oldest.e();
  }

  /// Whether an id was ever given to an entity.
  boolean wasIssued(long id) {
    if (issued.isEmpty()) {
      all.forEach(datom -> issued.add(datom.e()));
    }
    return issued.contains(id);
  }

  Set<Object> values(long e, long a) {
    Set<Object> values = new LinkedHashSet<>();
    for (Datom datom : candidates(e, null, null)) {
      if (datom.a() == a) {
        values.add(datom.v());
      }
    }
    return values;
  }

  // Indexes

  List<Datom> sorted(Index index) {
    Comparator<Datom> e = Comparator.comparingLong(Datom::e);
    Comparator<Datom> a = Comparator.comparingLong(Datom::a);
    Comparator<Datom> v = (x, y) -> compare(x.v(), y.v());
    Comparator<Datom> newest = Comparator.comparingLong(Datom::tx).reversed();
    Comparator<Datom> order = switch (index) {
      case EAVT -> e.thenComparing(a).thenComparing(v);
      case AEVT -> a.thenComparing(e).thenComparing(v);
      case AVET -> a.thenComparing(v).thenComparing(e);
      case VAET -> v.thenComparing(a).thenComparing(e);
    };
    return shown.stream()
        .filter(datom -> index != Index.VAET || isRef(datom.a()))
        .sorted(order.thenComparing(newest))
        .toList();
  }

  private boolean isRef(long a) {
    Attr attribute = attributes.get(a);
    return attribute != null && attribute.isRef();
  }

  @SuppressWarnings("unchecked") // both are values of one attribute
  static int compare(Object x, Object y) {
    if (x instanceof BigDecimal number) {
      int numbers = number.compareTo((BigDecimal) y);
      return numbers != 0 ? numbers : Integer.compare(number.scale(), ((BigDecimal) y).scale());
    }
    if (x instanceof Keyword keyword) {
      return name(keyword.getNamespace(), keyword.getName())
          .compareTo(name(((Keyword) y).getNamespace(), ((Keyword) y).getName()));
    }
    if (x instanceof clojure.lang.Symbol symbol) {
      return symbol.compareTo(y);
    }
    if (x instanceof List<?> tuple) {
      List<?> other = (List<?>) y;
      for (int i = 0; i < tuple.size() && i < other.size(); i++) {
        Object left = tuple.get(i);
        Object right = other.get(i);
        int slots = left == null || right == null
            ? (left == null ? 0 : 1) - (right == null ? 0 : 1)
            : compare(left, right);
        if (slots != 0) {
          return slots;
        }
      }
      return tuple.size() - other.size();
    }
    return ((Comparable<Object>) x).compareTo(y);
  }

  /// Unqualified names before qualified ones, then by namespace, then by name.
  private static String name(@Nullable String namespace, String name) {
    return namespace == null ? "0" + name : "1" + namespace + '\0' + name;
  }

  /// The entities that have facts, but for those of the schema and the transactions.
  Set<Long> users() {
    Set<Long> users = new HashSet<>();
    for (Datom datom : all) {
      if (datom.e() >>> 42 > 3) {
        users.add(datom.e());
      }
    }
    return users;
  }
}
