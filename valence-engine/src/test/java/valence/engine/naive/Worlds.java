package valence.engine.naive;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import valence.testing.Choices;

/// Random schemas and transactions, of few entities and few values, so that they meet.
///
///     {:crowd count, :schema [attribute map …] :txs [{:after millis, :forms [form …]} …]}
///
/// In place of forms a transaction may have `:alter`, a change of the schema, or `:index true`:
/// then what was said before moves to the durable indexes.
final class Worlds {
  static final Keyword SCHEMA = kw("schema");
  static final Keyword TXS = kw("txs");
  static final Keyword AFTER = kw("after");
  static final Keyword FORMS = kw("forms");
  static final Keyword ALTER = kw("alter");
  static final Keyword CROWD = kw("crowd");
  static final Keyword INDEX = kw("index");
  private static final Keyword ID = kw("db/id");
  private static final long NEVER_ISSUED = (4L << 42) + 1_000_000_000L;
  static final List<String> SCALARS = List.of(
      "long", "string", "keyword", "boolean", "double", "instant", "bigdec", "uuid", "bigint",
      "symbol", "uri");
  private static final int ENTITIES = 6;
  static final List<Keyword> NAMES = List.of(kw("i/a"), kw("i/b"), kw("i/c"));

  /// @param slots the types of a tuple's slots, of one type when it may have any number
  record Attribute(
      Keyword ident,
      String type,
      boolean many,
      String unique,
      boolean component,
      List<String> slots,
      boolean anyLength,
      boolean composite) {
    boolean isRef() {
      return type.equals("ref");
    }
  }

  final Choices choices;
  final List<Attribute> attributes = new ArrayList<>();

  Worlds(Choices choices) {
    this.choices = choices;
  }

  static Keyword kw(String name) {
    return Keyword.intern(name);
  }

  static Map<Object, Object> map(@Nullable Object... pairs) {
    Map<Object, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return map;
  }

  Map<Object, Object> world() {
    Object schema = schema();
    List<Object> txs = new ArrayList<>();
    txs.add(births());
    txs.addAll(choices.list(1, choices.pick(3, 6, 12), this::transaction));
    return map(SCHEMA, schema, TXS, txs);
  }

  /// The first entities, each with a key and perhaps a name, so that most of what is said later
  /// names something.
  private Map<Object, Object> births() {
    List<Object> forms = new ArrayList<>();
    int count = 1 + choices.below(ENTITIES);
    for (int i = 0; i < count; i++) {
      Map<Object, Object> form = map(ID, "b" + i, kw("n/id"), "e" + i);
      if (i < NAMES.size() && choices.oneIn(2)) {
        form.put(kw("db/ident"), NAMES.get(i));
      }
      forms.add(form);
    }
    return map(AFTER, 1L, FORMS, forms);
  }

  /// A world of many, of which the first transactions make a crowd.
  Map<Object, Object> largeWorld() {
    Map<Object, Object> world = map(CROWD, (long) (1 + choices.below(200)));
    world.putAll(world());
    return world;
  }

  // Schema

  private List<Object> schema() {
    List<Object> schema = new ArrayList<>();
    schema.add(attribute(
        new Attribute(kw("n/id"), "string", false, "identity", false, List.of(), false, false)));
    schema.add(
        attribute(new Attribute(kw("n/to"), "ref", true, "", false, List.of(), false, false)));
    schema.addAll(choices.list(1, 9, () -> attribute(attribute("n/a" + attributes.size()))));
    return schema;
  }

  private Attribute attribute(String name) {
    Keyword ident = kw(name);
    switch (choices.below(8)) {
      case 0, 1, 2 -> {
        boolean many = choices.oneIn(3);
        String unique = many ? "" : choices.pick("", "", "identity", "value");
        return new Attribute(
            ident, choices.pick(SCALARS), many, unique, false, List.of(), false, false);
      }
      case 3, 4, 5 -> {
        boolean many = choices.oneIn(2);
        boolean component = choices.oneIn(3);
        String unique = many || component ? "" : choices.pick("", "", "", "identity", "value");
        return new Attribute(ident, "ref", many, unique, component, List.of(), false, false);
      }
      case 6 -> {
        boolean any = choices.oneIn(2);
        List<String> types = new ArrayList<>(SCALARS);
        types.add("ref");
        List<String> slots =
            any ? List.of(choices.pick(types)) : choices.list(2, 3, () -> choices.pick(types));
        boolean many = choices.oneIn(4);
        return new Attribute(
            ident,
            "tuple",
            many,
            many ? "" : choices.pick("", "", "identity", "value"),
            false,
            slots,
            any,
            false);
      }
      default -> {
        List<Attribute> single = attributes.stream()
            .filter(attribute -> !attribute.many() && !attribute.type().equals("tuple"))
            .toList();
        return single.size() < 2
            ? new Attribute(ident, "long", false, "", false, List.of(), false, false)
            : new Attribute(
                ident,
                "tuple",
                false,
                choices.pick("", "identity", "value"),
                false,
                members(single),
                false,
                true);
      }
    }
  }

  private List<String> members(List<Attribute> single) {
    int first = choices.below(single.size() - 1);
    return List.of(
        single.get(first).ident().getName(),
        single.get(first + 1 + choices.below(single.size() - first - 1)).ident().getName());
  }

  private Map<Object, Object> attribute(Attribute attribute) {
    attributes.add(attribute);
    Map<Object, Object> form = map(
        kw("db/ident"), attribute.ident(),
        kw("db/valueType"), kw("db.type/" + attribute.type()),
        kw("db/cardinality"), kw("db.cardinality/" + (attribute.many() ? "many" : "one")));
    if (!attribute.unique().isEmpty()) {
      form.put(kw("db/unique"), kw("db.unique/" + attribute.unique()));
    }
    if (attribute.component()) {
      form.put(kw("db/isComponent"), true);
    }
    List<String> slots = attribute.slots();
    if (attribute.composite()) {
      form.put(kw("db/tupleAttrs"), slots.stream().map(slot -> kw("n/" + slot)).toList());
    } else if (attribute.anyLength()) {
      form.put(kw("db/tupleType"), kw("db.type/" + slots.get(0)));
    } else if (!slots.isEmpty()) {
      form.put(
          kw("db/tupleTypes"), slots.stream().map(slot -> kw("db.type/" + slot)).toList());
    }
    return form;
  }

  // Transactions

  private Map<Object, Object> transaction() {
    long after = choices.pick(1L, 0L, 1000L);
    if (choices.oneIn(12)) {
      return map(AFTER, after, ALTER, List.of(alteration()));
    }
    if (choices.oneIn(10)) {
      return map(AFTER, after, INDEX, true);
    }
    return map(AFTER, after, FORMS, choices.list(1, choices.pick(2, 5, 9), this::form));
  }

  /// What `with` is given: forms of transactions.
  List<Object> speculation() {
    return choices.oneIn(3) ? choices.list(1, 3, () -> choices.list(1, 4, this::form)) : List.of();
  }

  /// A change of the schema, which the engine may refuse.
  private Object alteration() {
    Attribute attribute = choices.pick(attributes.subList(1, attributes.size()));
    Keyword ident = attribute.ident();
    // Several references, said of an attribute that has one by then, would be read as a lookup ref.
    int kind = choices.below(7);
    return switch (kind == 1 && attribute.isRef() ? 0 : kind) {
      case 0 -> map(ID, ident, kw("db/cardinality"), kw("db.cardinality/many"));
      case 1 -> map(ID, ident, kw("db/cardinality"), kw("db.cardinality/one"));
      case 2 -> map(ID, ident, kw("db/unique"), kw("db.unique/identity"));
      case 3 -> map(ID, ident, kw("db/unique"), kw("db.unique/value"));
      case 4 -> list("retract", ident, kw("db/unique"));
      case 5 -> map(ID, ident, kw("db/isComponent"), choices.oneIn(2));
      default -> map(ID, ident, kw("db/ident"), kw("n/renamed" + choices.below(2)));
    };
  }

  private List<Attribute> sayable() {
    return attributes.stream().filter(attribute -> !attribute.composite()).toList();
  }

  private Object form() {
    int kind = choices.below(60);
    if (kind < 26) {
      return entityMap(2);
    }
    Attribute attribute = choices.pick(sayable());
    return switch (kind) {
      case 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37 ->
        list("add", entity(), attribute.ident(), value(attribute));
      case 38, 39, 40, 41, 42, 43, 44, 45 ->
        list("retract", known(), attribute.ident(), value(attribute));
      case 46, 47, 48 -> list("retract", known(), attribute.ident());
      case 49, 50, 51, 52 -> list("retractEntity", known());
      case 53, 54, 55, 56, 57, 58 ->
        list(
            "cas",
            known(),
            attribute.ident(),
            choices.oneIn(2) ? null : value(attribute),
            value(attribute));
      default -> wrong(attribute);
    };
  }

  private static List<@Nullable Object> list(String operation, @Nullable Object... rest) {
    List<@Nullable Object> form = new ArrayList<>();
    form.add(kw("db/" + operation));
    for (Object each : rest) {
      form.add(each);
    }
    return form;
  }

  private @Nullable Object wrong(Attribute attribute) {
    return switch (choices.below(12)) {
      case 0 -> list("add", entity(), attribute.ident(), null);
      case 1 -> list("add", entity(), attribute.ident(), new StringBuilder("no value"));
      case 2 -> list("add", entity(), kw("n/nosuch"), 1L);
      case 3 -> list("add", new EntityNumber(-1), attribute.ident(), value(attribute));
      case 4 -> list("add", kw("i/nosuch"), attribute.ident(), value(attribute));
      case 5 -> list("add", List.of(kw("n/id"), "nobody"), attribute.ident(), value(attribute));
      case 6 -> list("nosuch", entity());
      case 7 -> 42L;
      case 8 -> list("add", entity(), kw("db.type/string"), 1L);
      case 9 -> list("add", List.of(attribute.ident(), "b"), kw("n/id"), "b");
      case 10 -> list("add", entity(), attribute.ident(), List.of(1L));
      default -> map(attribute.ident(), null);
    };
  }

  private Map<Object, Object> entityMap(int depth) {
    Map<Object, Object> form = new LinkedHashMap<>();
    switch (choices.below(6)) {
      case 0, 1, 2 -> form.put(ID, temp());
      case 3, 4 -> form.put(ID, known());
      default -> {
        if (choices.oneIn(2)) {
          form.put(kw("db/ident"), choices.pick(NAMES));
        }
      }
    }
    for (Attribute attribute : choices.list(1, 4, () -> choices.pick(sayable()))) {
      if (attribute.isRef() && choices.oneIn(6)) {
        form.put(kw("n/_" + attribute.ident().getName()), known());
      } else if (attribute.many() && choices.oneIn(2)) {
        form.put(attribute.ident(), choices.list(0, 3, () -> valueOrMap(attribute, depth)));
      } else {
        Object value = valueOrMap(attribute, depth);
        // Of several values a lookup ref or a tuple alone would be read as several.
        form.put(
            attribute.ident(),
            attribute.many() && value instanceof List<?> ? List.of(value) : value);
      }
    }
    return form;
  }

  private Object valueOrMap(Attribute attribute, int depth) {
    return attribute.isRef() && depth > 0 && choices.oneIn(3)
        ? entityMap(depth - 1)
        : value(attribute);
  }

  private String temp() {
    return choices.pick("t0", "t1", "t2", "t3");
  }

  private Object entity() {
    return choices.oneIn(2) ? temp() : known();
  }

  /// What names an entity that was born before.
  Object known() {
    return switch (choices.below(30)) {
      case 24, 25, 26 -> List.of(kw("n/id"), "e" + choices.below(3));
      case 27 -> {
        List<Attribute> unique = attributes.stream()
            .filter(attribute -> !attribute.unique().isEmpty() && !attribute.composite())
            .toList();
        Attribute by = choices.pick(unique);
        yield List.of(by.ident(), by.type().equals("tuple") || by.isRef() ? number() : value(by));
      }
      case 28, 29 -> choices.pick(NAMES);
      default -> number();
    };
  }

  EntityNumber number() {
    return new EntityNumber(choices.below(ENTITIES));
  }

  Object value(Attribute attribute) {
    if (attribute.isRef()) {
      return choices.oneIn(8) ? temp() : known();
    }
    if (!attribute.type().equals("tuple")) {
      return scalar(attribute.type());
    }
    List<@Nullable Object> slots = new ArrayList<>();
    int count = attribute.anyLength() ? 2 + choices.below(2) : attribute.slots().size();
    for (int i = 0; i < count; i++) {
      String type = attribute.slots().get(attribute.anyLength() ? 0 : i);
      slots.add(choices.oneIn(5) ? null : type.equals("ref") ? number() : scalar(type));
    }
    return slots;
  }

  Object scalar(String type) {
    if (type.equals("string") && choices.oneIn(4)) {
      return "e" + choices.below(ENTITIES);
    }
    return scalar(type, choices.below(6));
  }

  /// The n-th value of a type, of six.
  static Object scalar(String type, int n) {
    return switch (type) {
      case "long" -> new long[] {0, 1, 2, 3, -1, Long.MIN_VALUE + 1}[n];
      case "string" ->
        new String[] {"a", "b", "", "long prefix 1", "long prefix 2", "\ud83d\ude00"}[n];
      case "keyword" ->
        new Keyword[] {kw("a"), kw("b"), kw("k/a"), kw("k/b"), kw("n/to"), kw("i/a")}[n];
      case "symbol" -> Symbol.intern(new String[] {"a", "b", "k/a", "k/b", "z", "long/name"}[n]);
      case "boolean" -> n % 2 == 1;
      case "double" -> new double[] {0, 1.5, -1.5, 1e-300, Double.NEGATIVE_INFINITY, 1e300}[n];
      case "instant" -> new Date(new long[] {0, 1, -1, 1_000_000, 1_700_000_000_000L, 5}[n]);
      case "bigdec" -> new BigDecimal(new String[] {"0", "1.0", "1.00", "-1", "1E+3", "1000"}[n]);
      case "bigint" ->
        new BigInteger(new String[] {"0", "1", "-1", "99999999999999999999", "5", "-7"}[n]);
      case "uuid" -> new UUID(new long[] {0, 1, -1, 0, 7, Long.MIN_VALUE}[n], n == 3 ? -1 : 2);
      case "uri" -> URI.create("http://x/" + n);
      default -> throw new AssertionError(type);
    };
  }

  static long neverIssued() {
    return NEVER_ISSUED;
  }
}
