package valence.engine.naive;

import static valence.engine.naive.Worlds.kw;
import static valence.engine.naive.Worlds.map;

import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import valence.edn.Persistent;
import valence.engine.naive.Worlds.Attribute;
import valence.testing.Choices;

/// Random queries and pulls over the attributes of a world.
///
/// A query is made in an order in which each clause has what it needs, then shuffled. A variable
/// has the type of what it was made for, so that functions get what they can take.
final class Asks {
  private static final Symbol ANY = sym("_");

  private final Worlds worlds;
  private final Choices choices;
  private final Map<Symbol, String> variables = new LinkedHashMap<>(); // with their types
  private final List<Object> clauses = new ArrayList<>();
  private final List<Object> ins = new ArrayList<>();
  private final List<@Nullable Object> inputs = new ArrayList<>();
  private int made;
  private boolean ruled; // whether a rule is called

  Asks(Worlds worlds) {
    this.worlds = worlds;
    this.choices = worlds.choices;
  }

  static Symbol sym(String name) {
    return Symbol.intern(name);
  }

  private static List<Object> vector(@Nullable Object... items) {
    List<Object> vector = new ArrayList<>();
    for (Object item : items) {
      vector.add(Objects.requireNonNull(item));
    }
    return vector;
  }

  private static Object call(String name, @Nullable Object... args) {
    List<Object> items = vector(args);
    items.add(0, sym(name));
    return Persistent.list(items);
  }

  private static Object listOf(List<Object> items) {
    return Persistent.list(items);
  }

  /// `{:query […] :inputs […]}`; the inputs after the databases `$` and `$2` and the rules.
  ///
  /// @param most clauses after the first
  Map<Object, Object> query(int most) {
    List<Object> first = vector(fresh("ref"), choices.pick(worlds.attributes).ident(), ANY);
    clauses.add(first);
    for (int i = choices.below(most + 1); i > 0; i--) {
      int before = clauses.size();
      choices.part(() -> {
        clause();
        return before;
      });
    }
    List<Object> shuffled = new ArrayList<>();
    while (!clauses.isEmpty()) {
      shuffled.add(clauses.remove(choices.below(clauses.size())));
    }
    List<Object> query = vector(kw("find"));
    List<Object> find = find();
    query.addAll(find);
    if (choices.oneIn(3)) {
      List<Symbol> others = variables.keySet().stream()
          .filter(variable -> find.stream().noneMatch(element -> mentions(element, variable)))
          .toList();
      if (!others.isEmpty()) {
        query.add(kw("with"));
        query.add(choices.pick(others));
      }
    }
    query.addAll(vector(kw("in"), sym("$"), sym("$2"), sym("%")));
    query.addAll(ins);
    query.add(kw("where"));
    query.addAll(shuffled);
    return map(kw("query"), query, kw("inputs"), inputs, kw("rules"), ruled ? rules() : List.of());
  }

  private static boolean mentions(Object element, Symbol variable) {
    return element.equals(variable) || element instanceof List<?> list && list.contains(variable);
  }

  private List<Object> find() {
    List<Symbol> names = new ArrayList<>(variables.keySet());
    List<Object> find = new ArrayList<>();
    int count = 1 + choices.below(3);
    for (int i = 0; i < count && !names.isEmpty(); i++) {
      Symbol name = names.remove(choices.below(names.size()));
      String type = Objects.requireNonNull(variables.get(name));
      find.add(
          switch (choices.below(12)) {
            case 9 -> call(choices.pick("count", "count-distinct", "distinct"), name);
            case 10 ->
              switch (type) {
                case "any", "uri", "symbol", "boolean", "tuple", "named" -> name;
                default ->
                  choices.oneIn(3)
                      ? call(choices.pick("min", "max"), 2L, name)
                      : call(choices.pick("min", "max"), name);
              };
            case 11 -> type.equals("small") ? call(choices.pick("sum", "avg"), name) : name;
            default -> name;
          });
    }
    return find;
  }

  private Symbol fresh(String type) {
    Symbol variable = sym("?" + (type.equals("ref") ? "e" : "v") + made++);
    variables.put(variable, type);
    return variable;
  }

  /// A variable of the type, or else a new one.
  private Symbol known(String type) {
    List<Symbol> some = of(type);
    return some.isEmpty() ? fresh(type) : choices.pick(some);
  }

  private List<Symbol> of(String type) {
    return variables.entrySet().stream()
        .filter(entry -> entry.getValue().equals(type))
        .map(Map.Entry::getKey)
        .toList();
  }

  private Symbol fromBefore() {
    return choices.pick(List.copyOf(variables.keySet()));
  }

  private Attribute attribute() {
    return choices.pick(worlds.attributes);
  }

  private void clause() {
    switch (choices.below(34)) {
      case 0, 1, 2, 3, 4 -> clauses.add(pattern(known("ref"), attribute()));
      case 5, 6 -> {
        List<Attribute> refs =
            worlds.attributes.stream().filter(Attribute::isRef).toList();
        Symbol e = known("ref");
        clauses.add(
            choices.oneIn(2)
                ? vector(fresh("ref"), choices.pick(refs).ident(), e)
                : vector(e, choices.pick(refs).ident(), fresh("ref")));
      }
      case 7 -> {
        Symbol e = known("ref");
        if (choices.oneIn(2)) {
          Symbol a = fresh("attribute");
          clauses.add(vector(e, a, fresh("any")));
          if (choices.oneIn(2)) {
            clauses.add(vector(a, kw("db/ident"), fresh("keyword")));
          }
        } else {
          Symbol a = fresh("ident");
          ins.add(vector(a, sym("...")));
          inputs.add(worlds.attributes.stream().map(Attribute::ident).toList());
          clauses.add(vector(fresh("ref"), a, choices.oneIn(2) ? e : anything()));
        }
      }
      case 8 -> {
        Symbol x = fromBefore();
        String type = Objects.requireNonNull(variables.get(x));
        Object y = choices.oneIn(2) || !isScalar(type) ? choices.pick(of(type)) : constant(type);
        String name = choices.pick("<", "=", "!=", "<=", ">", ">=", "not=");
        boolean ordered = !type.equals("uri")
            && !type.equals("symbol")
            && !type.equals("any")
            && !type.equals("tuple")
            && !type.equals("named")
            && !type.equals("argument")
            && !type.equals("boolean");
        clauses.add(vector(call(ordered ? name : "=", x, y)));
      }
      case 9 -> function();
      case 10, 11 -> negation();
      case 12, 13 -> disjunction();
      case 14, 15 -> {
        ruled = true;
        String name = choices.pick("linked", "reach", "back", "odd", "even", "has");
        if (name.equals("has")) {
          clauses.add(call(name, known("ref")));
        } else {
          Symbol x = known("ref");
          Object y = switch (choices.below(5)) {
            case 0 -> known("ref");
            case 1 -> ANY;
            default -> fresh("ref");
          };
          clauses.add(choices.oneIn(2) ? call(name, x, y) : call(name, y, x));
        }
      }
      case 16 -> {
        List<Object> pattern = pattern(known("ref"), attribute());
        pattern.add(0, sym("$2"));
        clauses.add(pattern);
      }
      case 17, 18, 19 -> input();
      case 20 -> clauses.add(vector(known("ref"), attribute().ident(), anything()));
      case 21 -> clauses.add(vector(anything(), attribute().ident(), ANY));
      case 22 -> clauses.add(vector(known("ref"), fresh("attribute"), anything()));
      case 23 -> {
        Object y = choices.oneIn(2) ? anything() : worlds.scalar(choices.pick(Worlds.SCALARS));
        clauses.add(vector(call(choices.pick("<", "=", "!=", "<=", ">", ">="), anything(), y)));
      }
      case 24 -> nested();
      case 25 -> scoped();
      case 26 -> {
        Symbol named = fresh("named");
        clauses.add(vector(call("ground", choices.pick(Worlds.NAMES)), named));
        clauses.add(
            choices.oneIn(2)
                ? vector(named, attribute().ident(), fresh("any"))
                : vector(known("ref"), choices.pick(refs()).ident(), named));
      }
      case 27 -> bounds();
      case 28, 29, 30, 31, 32 -> cycle();
      default -> {
        Symbol a = fresh("keyword");
        Attribute keyword = choices.pick(worlds.attributes);
        clauses.add(vector(known("ref"), keyword.ident(), a));
        clauses.add(vector(known("ref"), a, ANY));
      }
    }
  }

  /// Entities in a circle, each linked with the next, in either direction, by a reference or by a
  /// value that both have; perhaps with a chord, and with comparisons.
  private void cycle() {
    List<Symbol> corners = new ArrayList<>();
    corners.add(known("ref"));
    int count = choices.pick(3, 3, 4, 2, 5);
    while (corners.size() < count) {
      corners.add(choices.oneIn(4) ? known("ref") : fresh("ref"));
    }
    for (int i = 0; i < count; i++) {
      link(corners.get(i), corners.get((i + 1) % count));
    }
    if (choices.oneIn(3)) {
      link(choices.pick(corners), choices.pick(corners));
    }
    if (choices.oneIn(3)) {
      clauses.add(vector(call(
          choices.pick("<", "!=", "<=", ">", ">=", "=", "not="),
          choices.pick(corners),
          choices.pick(corners))));
    }
  }

  private void link(Symbol x, Symbol y) {
    if (choices.oneIn(4)) {
      Attribute attribute = attribute();
      Symbol v = fresh(attribute.type());
      clauses.add(vector(x, attribute.ident(), v));
      clauses.add(vector(y, choices.oneIn(3) ? attribute().ident() : attribute.ident(), v));
    } else if (choices.oneIn(3)) {
      clauses.add(vector(y, choices.pick(refs()).ident(), x));
    } else {
      clauses.add(vector(x, choices.pick(refs()).ident(), y));
    }
  }

  /// A value between constants, or beside one.
  private void bounds() {
    List<Attribute> some = worlds.attributes.stream()
        .filter(attribute -> List.of("long", "string", "keyword", "double", "instant", "bigint")
            .contains(attribute.type()))
        .toList();
    Attribute attribute = choices.pick(some);
    Symbol v = fresh(attribute.type());
    clauses.add(vector(known("ref"), attribute.ident(), v));
    for (int i = choices.below(3); i >= 0; i--) {
      Object constant = worlds.scalar(attribute.type());
      Object name = choices.pick("<", ">", "<=", ">=", "=", "!=");
      clauses.add(vector(
          choices.oneIn(3) ? call((String) name, constant, v) : call((String) name, v, constant)));
    }
  }

  /// A variable of any type but those that functions take, which fail for others.
  private Symbol anything() {
    return choices.pick(variables.keySet().stream()
        .filter(
            variable -> !List.of("small", "tuple", "argument").contains(variables.get(variable)))
        .toList());
  }

  private List<Attribute> refs() {
    return worlds.attributes.stream().filter(Attribute::isRef).toList();
  }

  /// A variable of entities for functions, which fail for what else a variable might hold.
  private Symbol argument() {
    Symbol e = fresh("argument");
    clauses.add(
        choices.oneIn(2)
            ? vector(e, attribute().ident(), ANY)
            : vector(known("ref"), choices.pick(refs()).ident(), e));
    return e;
  }

  /// A query within the query.
  private void nested() {
    Symbol x = sym("?x");
    Symbol y = sym("?y");
    Object a = attribute().ident();
    Object source = choices.pick(sym("$"), sym("$2"));
    switch (choices.below(3)) {
      case 0 -> {
        Object inner = list("find", x, call("count", y), "where", vector(x, a, y));
        clauses.add(vector(
            call("q", call("quote", inner), source),
            vector(vector(choices.oneIn(2) ? known("ref") : ANY, fresh("small")))));
      }
      case 1 -> {
        Object inner = list("find", y, "in", sym("$"), x, "where", vector(x, a, y));
        clauses.add(vector(
            call("q", call("quote", inner), source, argument()),
            vector(vector(choices.oneIn(2) ? fresh("any") : anything()))));
      }
      default -> {
        Object inner =
            list("find", x, "where", vector(x, a, y), vector(y, attribute().ident()));
        clauses.add(vector(call("q", call("quote", inner), source), vector(vector(known("ref")))));
      }
    }
  }

  private static List<Object> list(Object... forms) {
    List<Object> query = new ArrayList<>();
    for (Object form : forms) {
      query.add(form instanceof String section ? kw(section) : form);
    }
    return query;
  }

  /// Clauses against the second database, and those with variables that must be bound.
  private void scoped() {
    Symbol e = known("ref");
    Attribute attribute = attribute();
    Attribute other = attribute();
    switch (choices.below(7)) {
      case 0 -> clauses.add(scoped("not", vector(e, attribute.ident(), ANY)));
      case 1 -> {
        Symbol v = fresh("any");
        clauses.add(scoped("or", vector(e, attribute.ident(), v), vector(e, other.ident(), v)));
      }
      case 2 -> {
        ruled = true;
        clauses.add(scoped(choices.pick("linked", "reach", "back", "odd"), e, fresh("ref")));
      }
      case 3 -> {
        ruled = true;
        clauses.add(call("needs", e, fresh("ref")));
      }
      case 4 ->
        clauses.add(call(
            "or-join",
            vector(vector(e), fresh("any")),
            vector(e, attribute.ident(), last()),
            call("and", vector(e, other.ident(), ANY), vector(call("identity", e), last()))));
      case 5 ->
        clauses.add(call(
            "or-join",
            vector(e),
            call(
                "and",
                vector(e, attribute.ident(), sym("?i")),
                call("not-join", vector(sym("?i")), vector(ANY, other.ident(), sym("?i")))),
            call("or", vector(e, other.ident(), ANY), vector(ANY, kw("n/to"), e))));
      default -> {
        Symbol v = fresh("any");
        clauses.add(call(
            "or-join",
            vector(e, v),
            vector(e, attribute.ident(), v),
            call(
                "and",
                call("not", vector(e, attribute.ident(), ANY)),
                vector(call("ground", -1L), v))));
      }
    }
  }

  private Symbol last() {
    List<Symbol> names = List.copyOf(variables.keySet());
    return names.get(names.size() - 1);
  }

  private static Object scoped(String name, Object... args) {
    List<Object> items = vector(args);
    items.add(0, sym(name));
    items.add(0, sym("$2"));
    return Persistent.list(items);
  }

  private static boolean isScalar(String type) {
    return !type.equals("ref")
        && !type.equals("any")
        && !type.equals("attribute")
        && !type.equals("named")
        && !type.equals("argument")
        && !type.equals("ident")
        && !type.equals("tx")
        && !type.equals("tuple");
  }

  private Object constant(String type) {
    return type.equals("small") ? (Object) (long) choices.below(4) : worlds.scalar(type);
  }

  private List<Object> pattern(Object e, Attribute attribute) {
    List<Object> pattern = vector(e, attribute.ident());
    String type = attribute.type();
    switch (choices.below(6)) {
      case 0, 1, 2 -> pattern.add(fresh(type));
      case 3 -> pattern.add(known(type));
      case 4 ->
        pattern.add(
            attribute.isRef() ? worlds.number() : type.equals("tuple") ? ANY : worlds.scalar(type));
      default -> pattern.add(ANY);
    }
    if (choices.oneIn(5)) {
      pattern.add(choices.oneIn(3) ? known("tx") : fresh("tx"));
      if (choices.oneIn(2)) {
        pattern.add(choices.oneIn(2) ? true : choices.oneIn(2) ? false : fresh("boolean"));
      }
    }
    return pattern;
  }

  private void function() {
    Symbol e = argument();
    Attribute one = choices.pick(
        worlds.attributes.stream().filter(attribute -> !attribute.many()).toList());
    switch (choices.below(7)) {
      case 0 -> clauses.add(vector(call("missing?", sym("$"), e, attribute().ident())));
      case 1 ->
        clauses.add(vector(call("get-else", sym("$"), e, one.ident(), kw("none")), fresh("any")));
      case 2 ->
        clauses.add(vector(
            call("get-some", sym("$"), e, one.ident(), kw("n/id")),
            vector(fresh("attribute"), fresh("any"))));
      case 3 -> {
        List<Symbol> small = of("small");
        if (small.isEmpty()) {
          clauses.add(
              vector(call("ground", vector(1L, 0L, 3L)), vector(fresh("small"), sym("..."))));
        } else {
          Symbol x = choices.pick(small);
          clauses.add(vector(
              call(choices.pick("+", "-", "*"), x, choices.oneIn(2) ? x : 1L), fresh("small")));
        }
      }
      case 4 -> clauses.add(vector(call("str", e, "!"), fresh("string")));
      case 5 -> {
        Symbol v = fromBefore();
        clauses.add(vector(call("identity", v), fresh(Objects.requireNonNull(variables.get(v)))));
      }
      default -> {
        Symbol x = fromBefore();
        String type = Objects.requireNonNull(variables.get(x));
        Symbol t = fresh("tuple");
        clauses.add(vector(call("tuple", e, x), t));
        clauses.add(vector(call("untuple", t), vector(ANY, fresh(type))));
      }
    }
  }

  private void negation() {
    Symbol e = known("ref");
    Attribute attribute = attribute();
    Attribute other = attribute();
    clauses.add(
        switch (choices.below(5)) {
          case 0 -> call("not", vector(e, attribute.ident(), ANY));
          case 1 -> {
            Object v = attribute.isRef()
                ? known("ref")
                : attribute.type().equals("tuple") ? ANY : worlds.scalar(attribute.type());
            yield call("not", vector(e, attribute.ident(), v));
          }
          case 2 ->
            call(
                "not-join",
                vector(e),
                vector(e, attribute.ident(), sym("?x")),
                vector(ANY, other.ident(), sym("?x")));
          case 3 ->
            call(
                "not-join",
                vector(e),
                vector(e, attribute.ident(), sym("?x")),
                call("not", vector(e, other.ident(), sym("?x"))));
          default -> {
            ruled = true;
            yield call("not", call("reach", e, known("ref")));
          }
        });
  }

  private void disjunction() {
    Symbol e = known("ref");
    Attribute attribute = attribute();
    Attribute other = attribute();
    switch (choices.below(4)) {
      case 0 ->
        clauses.add(call("or", vector(e, attribute.ident(), ANY), vector(e, other.ident(), ANY)));
      case 1 -> {
        Symbol v = fresh("any");
        clauses.add(call("or", vector(e, attribute.ident(), v), vector(e, other.ident(), v)));
      }
      case 2 -> {
        Symbol v = fresh("ref");
        ruled = true;
        clauses.add(call(
            "or-join",
            vector(e, v),
            call("linked", e, v),
            call(
                "and",
                vector(v, attribute.ident(), sym("?x")),
                vector(e, attribute.ident(), sym("?x")))));
      }
      default ->
        clauses.add(call(
            "or",
            vector(e, attribute.ident(), ANY),
            call(
                "and",
                vector(e, other.ident(), ANY),
                call("not", vector(e, kw("n/id"), worlds.scalar("string"))))));
    }
  }

  private void input() {
    switch (choices.below(6)) {
      case 4 -> {
        String type = choices.pick("ref", "long", "string", "ref", "keyword");
        ins.add(vector(vector(known("ref"), fresh(type))));
        inputs.add(choices.list(
            0,
            5,
            () -> vector(
                worlds.number(), type.equals("ref") ? worlds.number() : worlds.scalar(type))));
      }
      case 5 -> {
        String type = choices.pick("ref", "long", "string", "keyword");
        ins.add(fresh(type));
        inputs.add(type.equals("ref") ? worlds.number() : worlds.scalar(type));
      }
      case 0 -> {
        ins.add(vector(fresh("small"), sym("...")));
        inputs.add(choices.list(0, 4, () -> (Object) (long) choices.below(4)));
      }
      case 1 -> {
        ins.add(vector(known("ref"), sym("...")));
        inputs.add(choices.list(0, 4, () -> (Object) worlds.number()));
      }
      case 2 -> {
        Symbol x = known("string");
        ins.add(vector(vector(x, known("ref"))));
        inputs.add(choices.list(0, 5, () -> vector(worlds.scalar("string"), worlds.number())));
      }
      default -> {
        Symbol source = sym("$r" + made++);
        ins.add(source);
        inputs.add(choices.list(
            0, 6, () -> vector(worlds.scalar("string"), worlds.number(), (long) choices.below(4))));
        clauses.add(vector(
            source,
            choices.oneIn(2) ? known("string") : fresh("string"),
            choices.oneIn(2) ? known("ref") : ANY,
            fresh("small")));
      }
    }
  }

  /// Rules over the references of the world, recursive in every way.
  private List<Object> rules() {
    List<Object> rules = new ArrayList<>();
    List<Attribute> refs = worlds.attributes.stream().filter(Attribute::isRef).toList();
    Object a = choices.pick(refs).ident();
    Object b = choices.pick(refs).ident();
    Symbol x = sym("?p");
    Symbol y = sym("?q");
    Symbol m = sym("?m");
    rules.add(vector(call("linked", x, y), vector(x, a, y)));
    rules.add(vector(call("linked", x, y), vector(y, b, x)));
    rules.add(vector(call("reach", x, y), vector(x, a, y)));
    rules.add(
        switch (choices.below(3)) {
          case 0 -> vector(call("reach", x, y), vector(x, b, m), call("reach", m, y));
          case 1 -> vector(call("reach", x, y), call("reach", x, m), vector(m, b, y));
          default -> vector(call("reach", x, y), call("reach", m, y), vector(m, a, x));
        });
    rules.add(vector(call("back", x, y), call("reach", y, x)));
    rules.add(vector(call("needs", vector(x), y), vector(x, b, y)));
    rules.add(vector(call("needs", vector(x), y), call("odd", x, m), call("needs", m, y)));
    rules.add(vector(call("odd", x, y), vector(x, a, y)));
    rules.add(vector(call("odd", x, y), vector(x, a, m), call("even", m, y)));
    rules.add(vector(call("even", x, y), vector(x, b, m), call("odd", m, y)));
    rules.add(vector(call("has", x), vector(x, a, m), call("not", vector(x, kw("n/id"), "e0"))));
    rules.add(vector(call("has", x), vector(x, b, m), call("has", m)));
    return rules;
  }

  // Pulls

  List<Object> pattern(int depth) {
    List<Object> names = new ArrayList<>();
    names.add(kw("db/id"));
    names.add(sym("*"));
    for (Attribute attribute : worlds.attributes) {
      names.add(attribute.ident());
      if (attribute.isRef()) {
        names.add(kw("n/_" + attribute.ident().getName()));
      }
    }
    List<Object> pattern = new ArrayList<>();
    int count = 1 + choices.below(4);
    for (int i = 0; i < count && !names.isEmpty(); i++) {
      Object name = names.remove(choices.below(names.size()));
      boolean isRef = name.toString().contains("_")
          || worlds.attributes.stream().anyMatch(a -> a.isRef() && a.ident().equals(name));
      pattern.add(
          name instanceof Symbol || name.equals(kw("db/id")) ? name : spec(name, isRef, depth));
    }
    return pattern;
  }

  private Object spec(Object name, boolean isRef, int depth) {
    Object key = name;
    if (choices.oneIn(4)) {
      List<Object> expression = vector(name);
      if (choices.oneIn(2)) {
        expression.addAll(vector(kw("as"), "as " + name));
      }
      if (choices.oneIn(2)) {
        expression.addAll(vector(kw("default"), choices.pick(7L, false, "none")));
      }
      if (choices.oneIn(2) || expression.size() == 1) {
        expression.addAll(vector(kw("limit"), (long) (1 + choices.below(3))));
      }
      key = expression;
    }
    return switch (isRef ? choices.below(6) : 0) {
      case 3 -> map(key, (long) (1 + choices.below(3)));
      case 4 -> map(key, sym("..."));
      case 5 -> depth == 0 ? key : map(key, pattern(depth - 1));
      default -> key;
    };
  }
}
