package valence.engine.naive;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Datom;

/// The meaning of a query, by nested loops. Clauses wait until what they need is bound; apart from
/// that each is tried with every row and every datom.
final class NaiveQuery {
  /// More rows than are worth waiting for.
  private static final int ROWS_MAX = 30_000;

  /// The answer, or what leads to it, has too many rows to be found by nested loops.
  static final class TooLarge extends RuntimeException {}

  private static final Object NOTHING = new Object(); // equal to no value
  private static final Symbol QUOTE = Symbol.intern("quote");
  private static final Symbol DEFAULT = Symbol.intern("$");

  private final Map<Object, Object> sources = new HashMap<>();
  private final List<?> rules;
  private final Set<Object> inputs; // variables whose names must name something
  private final Set<Object> namers; // variables that functions give values
  private final Map<Object, Map<Symbol, Set<List<Object>>>> answers = new HashMap<>(); // by source

  private NaiveQuery(
      Map<Object, Object> sources, List<?> rules, Set<Object> inputs, Set<Object> namers) {
    this.sources.putAll(sources);
    this.rules = rules;
    this.inputs = inputs;
    this.namers = namers;
  }

  /// The rows of a query, in any order.
  ///
  /// @param query  in the list form, its databases among the inputs as [NaiveDb]
  static List<List<Object>> rows(List<?> query, List<?> inputs) {
    Map<String, List<Object>> sections = new LinkedHashMap<>();
    List<Object> section = new ArrayList<>();
    for (Object form : query) {
      if (form instanceof Keyword name) {
        section = new ArrayList<>();
        sections.put(name.getName(), section);
      } else {
        section.add(form);
      }
    }
    List<Object> ins = sections.getOrDefault("in", List.of(DEFAULT));
    Map<Object, Object> sources = new HashMap<>();
    List<?> rules = List.of();
    List<Set<Map<Object, Object>>> given = new ArrayList<>(); // no two share a variable
    for (int i = 0; i < ins.size(); i++) {
      Object in = ins.get(i);
      Object input = Objects.requireNonNull(inputs.get(i));
      if (in instanceof Symbol name && name.getName().startsWith("$")) {
        sources.put(name, input);
      } else if (in instanceof Symbol name && name.getName().equals("%")) {
        rules = (List<?>) input;
      } else {
        Set<Object> mine = new HashSet<>(variables(in).toList());
        Set<Map<Object, Object>> alike = new LinkedHashSet<>(Set.of(Map.of()));
        for (Set<Map<Object, Object>> others : List.copyOf(given)) {
          if (others.stream().anyMatch(row -> !Collections.disjoint(row.keySet(), mine))) {
            given.remove(others);
            alike = product(alike, others);
          }
        }
        Set<Map<Object, Object>> joined = new LinkedHashSet<>();
        alike.forEach(row -> joined.addAll(bind(in, input, row)));
        given.add(joined);
      }
    }
    Set<Map<Object, Object>> rows = new LinkedHashSet<>(Set.of(Map.of()));
    for (Set<Map<Object, Object>> each : given) {
      rows = product(rows, each);
    }
    List<Object> where = sections.getOrDefault("where", List.of());
    Set<Object> namers = new HashSet<>();
    Set<Object> inputVariables =
        new HashSet<>(ins.stream().flatMap(NaiveQuery::variables).toList());
    for (Object clause : where) {
      if (((List<?>) clause).get(0) instanceof List<?> call
          && call.get(0) instanceof Symbol
          && ((List<?>) clause).size() > 1) {
        variables(((List<?>) clause).get(1)).forEach(namers::add);
      }
    }
    NaiveQuery naive = new NaiveQuery(sources, rules, inputVariables, namers);
    for (Object clause : where) {
      given.forEach(each -> each.forEach(row -> naive.checkNames((List<?>) clause, row)));
    }
    rows = naive.all(where, rows, DEFAULT);
    return naive.found(
        Objects.requireNonNull(sections.get("find")),
        sections.getOrDefault("with", List.of()),
        rows);
  }

  private static Set<Map<Object, Object>> product(
      Set<Map<Object, Object>> some, Set<Map<Object, Object>> others) {
    Set<Map<Object, Object>> product = new LinkedHashSet<>();
    for (Map<Object, Object> left : some) {
      for (Map<Object, Object> right : others) {
        Map<Object, Object> both = new HashMap<>(left);
        both.putAll(right);
        product.add(both);
      }
    }
    return product;
  }

  /// Refuses names among the inputs that name nothing where a pattern takes them for one, whether
  /// or not the other clauses leave a row for it.
  private void checkNames(List<?> clause, Map<Object, Object> input) {
    if (!head(clause).isEmpty() || clause.get(0) instanceof List<?>) {
      return;
    }
    Object from = isSource(clause.get(0)) ? clause.get(0) : DEFAULT;
    List<?> terms = clause.subList(isSource(clause.get(0)) ? 1 : 0, clause.size());
    if (terms.isEmpty() || !(source(from) instanceof NaiveDb db)) {
      return;
    }
    Attr attribute =
        terms.size() > 1 && !isVariable(terms.get(1)) ? db.attribute(terms.get(1)) : null;
    if (terms.size() > 1 && input.get(terms.get(1)) instanceof Keyword name) {
      db.attributeOrRefuse(name);
    }
    if (input.containsKey(terms.get(0))) {
      entityTerm(db, terms.get(0), input);
    }
    if (terms.size() > 2
        && attribute != null
        && attribute.isRef()
        && input.containsKey(terms.get(2))) {
      entityTerm(db, terms.get(2), input);
    }
  }

  // Results

  private List<List<Object>> found(
      List<Object> find, List<Object> with, Set<Map<Object, Object>> rows) {
    List<Object> variables = new ArrayList<>();
    for (Object element : find) {
      variables.add(element instanceof List<?> call ? variableOf(call) : element);
    }
    variables.addAll(with);
    Set<List<Object>> distinct = new LinkedHashSet<>();
    for (Map<Object, Object> row : rows) {
      List<Object> values = new ArrayList<>();
      variables.forEach(variable -> values.add(value(row, variable)));
      distinct.add(values);
    }
    boolean aggregated = find.stream().anyMatch(NaiveQuery::isAggregate);
    Map<List<Object>, List<List<Object>>> groups = new LinkedHashMap<>();
    int single = 0;
    for (List<Object> values : distinct) {
      List<Object> key = new ArrayList<>();
      if (aggregated) {
        for (int i = 0; i < find.size(); i++) {
          if (!isAggregate(find.get(i))) {
            key.add(values.get(i));
          }
        }
      } else {
        key.add(single++);
      }
      groups.computeIfAbsent(key, k -> new ArrayList<>()).add(values);
    }
    List<List<Object>> result = new ArrayList<>();
    for (List<List<Object>> group : groups.values()) {
      List<Object> row = new ArrayList<>();
      for (int i = 0; i < find.size(); i++) {
        int column = i;
        Object first = group.get(0).get(i);
        if (isAggregate(find.get(i))) {
          List<Object> bag = group.stream().map(each -> each.get(column)).toList();
          row.add(aggregate((List<?>) find.get(i), bag));
        } else if (find.get(i) instanceof List<?> pull) {
          row.add(pulled(pull, first));
        } else {
          row.add(first);
        }
      }
      result.add(row);
    }
    return result;
  }

  private static Object variableOf(List<?> call) {
    return isAggregate(call) ? call.get(call.size() - 1) : call.get(call.size() - 2);
  }

  private static boolean isAggregate(Object element) {
    return element instanceof List<?> call && !call.get(0).equals(Symbol.intern("pull"));
  }

  private @Nullable Object pulled(List<?> pull, Object entity) {
    NaiveDb db = (NaiveDb) source(pull.size() == 4 ? pull.get(1) : DEFAULT);
    return NaivePull.pull(db, (List<?>) pull.get(pull.size() - 1), entity);
  }

  private static Object aggregate(List<?> call, List<Object> bag) {
    List<Object> sorted = new ArrayList<>(bag);
    String name = ((Symbol) call.get(0)).getName();
    if (name.equals("min") || name.equals("max")) {
      Comparator<Object> order = NaiveDb::compare;
      sorted.sort(name.equals("min") ? order : order.reversed());
      return call.size() == 2
          ? sorted.get(0)
          : sorted.subList(0, Math.min(sorted.size(), (int) (long) (Long) call.get(1)));
    }
    return switch (name) {
      case "count" -> (long) bag.size();
      case "count-distinct" -> (long) new HashSet<>(bag).size();
      case "distinct" -> new HashSet<>(bag);
      case "sum" -> bag.stream().mapToLong(NaiveQuery::whole).sum();
      case "avg" -> (double) bag.stream().mapToLong(NaiveQuery::whole).sum() / bag.size();
      default -> throw new AssertionError(name);
    };
  }

  // Clauses

  private Set<Map<Object, Object>> all(
      List<?> clauses, Set<Map<Object, Object>> rows, Object source) {
    List<Object> waiting = new ArrayList<>(clauses);
    Set<Map<Object, Object>> current = rows;
    Set<Object> bound = new HashSet<>();
    if (!rows.isEmpty()) {
      bound.addAll(rows.iterator().next().keySet());
    }
    while (!waiting.isEmpty()) {
      if (current.isEmpty()) {
        return current;
      }
      Object clause = null;
      for (Object each : waiting) {
        if (isReady((List<?>) each, bound)
            && (clause == null || rank((List<?>) each, bound) > rank((List<?>) clause, bound))) {
          clause = each;
        }
      }
      if (clause == null) {
        throw Refusal.incorrect("insufficient-binding");
      }
      waiting.remove(clause);
      Set<Map<Object, Object>> next = new LinkedHashSet<>();
      for (Map<Object, Object> row : current) {
        next.addAll(one((List<?>) clause, row, source));
        if (next.size() > ROWS_MAX) {
          throw new TooLarge();
        }
      }
      current = next;
      bound.addAll(binds((List<?>) clause));
    }
    return current;
  }

  private static boolean isVariable(@Nullable Object form) {
    return form instanceof Symbol symbol && symbol.getName().startsWith("?");
  }

  private static boolean isSource(@Nullable Object form) {
    return form instanceof Symbol symbol && symbol.getName().startsWith("$");
  }

  private static Stream<Object> variables(@Nullable Object form) {
    if (form instanceof List<?> list && !list.isEmpty() && QUOTE.equals(list.get(0))) {
      return Stream.empty();
    }
    if (form instanceof Collection<?> forms) {
      return forms.stream().flatMap(NaiveQuery::variables);
    }
    return isVariable(form) ? Stream.of(Objects.requireNonNull(form)) : Stream.empty();
  }

  private static String head(List<?> clause) {
    Object first = clause.get(isSource(clause.get(0)) ? 1 : 0);
    return first instanceof Symbol name && !isVariable(first) && !name.getName().equals("_")
        ? name.getName()
        : "";
  }

  /// Clauses that share a variable with what was found go first, to keep it small. Any attribute
  /// comes late: a variable of entities must not take a keyword, which would name one.
  private static int rank(List<?> clause, Set<Object> bound) {
    boolean anyAttribute =
        head(clause).isEmpty() && !(clause.get(0) instanceof List<?>) && isVariable(clause.get(1));
    boolean isGround =
        clause.get(0) instanceof List<?> call && variables(call).findAny().isEmpty();
    return (isGround ? 4 : anyAttribute ? 0 : 2)
        + (variables(clause).anyMatch(bound::contains) ? 1 : 0);
  }

  private static boolean isReady(List<?> clause, Set<Object> bound) {
    if (clause.get(0) instanceof List<?> call && call.get(0) instanceof Symbol) {
      return bound.containsAll(variables(call).toList());
    }
    return switch (head(clause)) {
      case "not" -> bound.containsAll(variables(clause).toList());
      case "not-join" -> bound.containsAll(variables(clause.get(1)).toList());
      case "and" -> areRunnable(clause.subList(1, clause.size()), bound);
      case "or" -> {
        int from = isSource(clause.get(0)) ? 2 : 1;
        yield clause.stream().skip(from).allMatch(each -> areRunnable(List.of(each), bound));
      }
      case "or-join" -> {
        List<?> head = (List<?>) clause.get(1);
        Set<Object> inner = new HashSet<>(bound);
        inner.retainAll(variables(head).toList());
        yield (!(head.get(0) instanceof List<?> needed) || bound.containsAll(needed))
            && clause.stream().skip(2).allMatch(each -> areRunnable(List.of(each), inner));
      }
      case "needs" -> bound.contains(clause.get(1));
      case "" -> // not all there is
        clause.size() < 2
            || isSource(clause.get(0))
            || !isVariable(clause.get(1))
            || clause.stream().limit(3).anyMatch(term -> !isFree(term, bound));
      default -> true;
    };
  }

  private static boolean areRunnable(List<?> clauses, Set<Object> bound) {
    List<Object> waiting = new ArrayList<>(clauses);
    Set<Object> all = new HashSet<>(bound);
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Object each : List.copyOf(waiting)) {
        if (isReady((List<?>) each, all)) {
          changed = true;
          waiting.remove(each);
          all.addAll(binds((List<?>) each));
        }
      }
    }
    return waiting.isEmpty();
  }

  private static boolean isFree(@Nullable Object term, Set<Object> bound) {
    return isVariable(term) && !bound.contains(term) || Symbol.intern("_").equals(term);
  }

  private static List<Object> binds(List<?> clause) {
    return switch (head(clause)) {
      case "not", "not-join" -> List.of();
      case "or-join" -> variables(clause.get(1)).toList();
      default -> variables(clause).toList();
    };
  }

  private Set<Map<Object, Object>> one(List<?> clause, Map<Object, Object> row, Object source) {
    if (clause.get(0) instanceof List<?> call && call.get(0) instanceof Symbol) {
      Object result = call(call, row);
      if (clause.size() == 1) {
        return result == null || result.equals(false) ? Set.of() : Set.of(row);
      }
      return result == null ? Set.of() : bind(clause.get(1), result, row);
    }
    Object from = isSource(clause.get(0)) ? clause.get(0) : source;
    List<?> rest = clause.subList(isSource(clause.get(0)) ? 1 : 0, clause.size());
    List<?> body = rest.isEmpty() ? rest : rest.subList(1, rest.size());
    return switch (head(clause)) {
      case "" -> pattern(rest, row, source(from));
      case "and" -> all(body, Set.of(row), from);
      case "not" -> all(body, Set.of(row), from).isEmpty() ? Set.of(row) : Set.of();
      case "not-join" ->
        all(body.subList(1, body.size()), Set.of(only(row, (List<?>) body.get(0))), from)
                .isEmpty()
            ? Set.of(row)
            : Set.of();
      case "or" -> or(body, null, row, from);
      case "or-join" -> or(body.subList(1, body.size()), (List<?>) body.get(0), row, from);
      default -> rule((Symbol) rest.get(0), body, row, from);
    };
  }

  private Set<Map<Object, Object>> or(
      List<?> branches, @Nullable List<?> head, Map<Object, Object> row, Object source) {
    Set<Map<Object, Object>> found = new LinkedHashSet<>();
    for (Object branch : branches) {
      Map<Object, Object> inner = head == null ? row : only(row, head);
      for (Map<Object, Object> each : all(List.of(branch), Set.of(inner), source)) {
        Map<Object, Object> joined = new HashMap<>(row);
        joined.putAll(head == null ? each : only(each, head));
        found.add(joined);
      }
    }
    return found;
  }

  private static Map<Object, Object> only(Map<Object, Object> row, List<?> variables) {
    Map<Object, Object> some = new HashMap<>(row);
    some.keySet().retainAll(variables(variables).toList());
    return some;
  }

  private Object source(Object name) {
    return Objects.requireNonNull(sources.get(name));
  }

  // Patterns

  private Set<Map<Object, Object>> pattern(List<?> terms, Map<Object, Object> row, Object source) {
    Set<Map<Object, Object>> found = new LinkedHashSet<>();
    if (!(source instanceof NaiveDb db)) {
      for (Object tuple : (Collection<?>) source) {
        found.addAll(unifyAll(terms, (List<?>) tuple, row));
      }
      return found;
    }
    List<Object> wanted = new ArrayList<>(terms);
    wanted.set(0, entityTerm(db, terms.get(0), row));
    Attr attribute = null;
    if (terms.size() > 1) {
      Object a = row.getOrDefault(terms.get(1), terms.get(1));
      if (a instanceof Keyword) {
        attribute = db.attribute(a);
        if (attribute == null) {
          if (row.containsKey(terms.get(1)) && !inputs.contains(terms.get(1))) {
            return found;
          }
          throw Refusal.incorrect("not-an-entity");
        }
        wanted.set(1, attribute.id());
      } else if (a instanceof Long id) {
        attribute = db.attribute((Object) id);
      }
    }
    if (terms.size() > 2 && attribute != null && attribute.isRef()) {
      wanted.set(2, entityTerm(db, terms.get(2), row));
    }
    Object v = known(wanted, 2, row);
    if (isWhole(v)) {
      v = null; // equal to others than itself
    }
    for (Datom datom : db.candidates(known(wanted, 0, row), known(wanted, 1, row), v)) {
      List<Object> parts = List.of(datom.e(), datom.a(), datom.v(), datom.tx(), datom.added());
      for (Map<Object, Object> match : unifyAll(wanted, parts, row)) {
        Map<Object, Object> kept = new HashMap<>(match);
        kept.putAll(row); // a variable keeps the name that it was given for an entity
        found.add(kept);
      }
    }
    return found;
  }

  /// The term as far as it is known, or null.
  private static @Nullable Object known(List<?> terms, int index, Map<Object, Object> row) {
    if (index >= terms.size()) {
      return null;
    }
    Object term = terms.get(index);
    Object value = isVariable(term) ? row.get(term) : term;
    return value instanceof Symbol symbol && symbol.getName().equals("_") ? null : value;
  }

  /// What stands for an entity, as its id.
  private Object entityTerm(NaiveDb db, Object term, Map<Object, Object> row) {
    Object given = row.getOrDefault(term, term);
    boolean named = !row.containsKey(term) || inputs.contains(term);
    if (!named && !namers.contains(term)) {
      return given; // what a pattern found as a value stays one
    }
    if (given instanceof Keyword || given instanceof List<?>) {
      Long entity = null;
      try {
        entity = db.entity(given);
      } catch (Refusal refusal) {
        if (named) {
          throw refusal;
        }
      }
      if (entity == null && named) {
        throw Refusal.incorrect();
      }
      return entity == null ? NOTHING : entity;
    }
    return given;
  }

  private static List<Map<Object, Object>> unifyAll(
      List<?> terms, List<?> values, Map<Object, Object> row) {
    Map<Object, Object> match = new HashMap<>(row);
    for (int i = 0; i < terms.size(); i++) {
      if (!unify(terms.get(i), values.get(i), match)) {
        return List.of();
      }
    }
    return List.of(match);
  }

  private static boolean unify(
      @Nullable Object term, @Nullable Object value, Map<Object, Object> row) {
    if (isVariable(term)) {
      if (value == null) {
        return false; // an empty slot of a tuple
      }
      Object known = row.putIfAbsent(term, value);
      return known == null || isSame(known, value);
    }
    return term instanceof Symbol symbol && symbol.getName().equals("_") || isSame(term, value);
  }

  /// Equality of joins: whole numbers of any width are equal, decimals with their scale.
  private static boolean isSame(@Nullable Object x, @Nullable Object y) {
    return Objects.equals(narrow(x), narrow(y));
  }

  private static boolean isWhole(@Nullable Object value) {
    return value instanceof Long || value instanceof BigInteger || value instanceof List<?>;
  }

  /// The value with whole numbers as long as they fit.
  static @Nullable Object narrow(@Nullable Object value) {
    if (value instanceof List<?> list) {
      List<@Nullable Object> narrowed = new ArrayList<>();
      list.forEach(each -> narrowed.add(narrow(each)));
      return narrowed;
    }
    return value instanceof BigInteger number && number.bitLength() < Long.SIZE
        ? (Object) number.longValue()
        : value;
  }

  private static Set<Map<Object, Object>> bind(Object form, Object value, Map<Object, Object> row) {
    if (!(form instanceof List<?> forms)) {
      Map<Object, Object> match = new HashMap<>(row);
      return unify(form, value, match) ? Set.of(match) : Set.of();
    }
    Set<Map<Object, Object>> found = new LinkedHashSet<>();
    boolean each = forms.size() == 2 && forms.get(1).equals(Symbol.intern("..."));
    if (each || forms.get(0) instanceof List<?>) {
      for (Object one : (Collection<?>) value) {
        found.addAll(bind(Objects.requireNonNull(forms.get(0)), Objects.requireNonNull(one), row));
      }
    } else {
      found.addAll(unifyAll(forms, ((List<?>) value).subList(0, forms.size()), row));
    }
    return found;
  }

  // Functions

  private static Object value(Map<Object, Object> row, Object variable) {
    Object value = row.get(variable);
    if (value == null) {
      throw Refusal.incorrect("unbound-query-variables");
    }
    return value;
  }

  private @Nullable Object call(List<?> call, Map<Object, Object> row) {
    List<Object> args = new ArrayList<>();
    for (Object arg : call.subList(1, call.size())) {
      args.add(isVariable(arg) ? value(row, arg) : arg);
    }
    String name = ((Symbol) call.get(0)).getName();
    Object x = args.get(0);
    Object y = args.size() > 1 ? args.get(1) : x;
    return switch (name) {
      case "=" -> isEqual(x, y);
      case "!=", "not=" -> !isEqual(x, y);
      case "<" -> order(x, y) < 0;
      case "<=" -> order(x, y) <= 0;
      case ">" -> order(x, y) > 0;
      case ">=" -> order(x, y) >= 0;
      case "+" -> whole(x) + whole(y);
      case "-" -> whole(x) - whole(y);
      case "*" -> whole(x) * whole(y);
      case "identity", "ground" -> x;
      case "q" -> {
        List<Object> inputs = new ArrayList<>();
        args.subList(1, args.size()).forEach(arg -> inputs.add(isSource(arg) ? source(arg) : arg));
        yield rows((List<?>) ((List<?>) x).get(1), inputs);
      }
      case "str" -> x + "" + y;
      case "even?" -> (Long) x % 2 == 0;
      case "tuple" -> args;
      case "untuple" -> x;
      case "missing?" -> values(args).isEmpty();
      case "get-else" -> {
        Attr attribute = ((NaiveDb) source(x)).attributeOrRefuse(args.get(2));
        if (attribute.many()) {
          throw Refusal.incorrect();
        }
        yield values(args).stream().findFirst().orElse(args.get(3));
      }
      case "get-some" -> {
        for (Object attribute : args.subList(2, args.size())) {
          List<Object> values = values(List.of(x, y, attribute));
          if (!values.isEmpty()) {
            NaiveDb db = (NaiveDb) source(x);
            yield List.of(db.attributeOrRefuse(attribute).id(), values.get(0));
          }
        }
        yield null;
      }
      default -> throw new AssertionError(name);
    };
  }

  private static long whole(Object number) {
    return ((Number) number).longValue();
  }

  private List<Object> values(List<Object> args) {
    NaiveDb db = (NaiveDb) source(args.get(0));
    Object entity = db.entity(args.get(1));
    return entity == null
        ? List.of()
        : db.values((Long) entity, db.attributeOrRefuse(args.get(2)).id()).stream()
            .sorted(NaiveDb::compare) // a history may have several: the least
            .toList();
  }

  private static boolean isEqual(Object x, Object y) {
    return x instanceof BigDecimal number && y instanceof BigDecimal other
        ? number.compareTo(other) == 0
        : isSame(x, y);
  }

  /// The order of expressions: what isn't of one kind goes by the name of its class, as the corpus
  /// has it.
  private static int order(@Nullable Object x, @Nullable Object y) {
    if (x == null || y == null) {
      return (x == null ? 0 : 1) - (y == null ? 0 : 1);
    }
    if (x instanceof List<?> tuple && y instanceof List<?> other) {
      int order = Integer.compare(tuple.size(), other.size());
      for (int i = 0; i < tuple.size() && order == 0; i++) {
        order = order(tuple.get(i), other.get(i));
      }
      return order;
    }
    if (!(x instanceof Number && y instanceof Number) && x.getClass() != y.getClass()) {
      return kind(x).compareTo(kind(y));
    }
    if (x instanceof BigDecimal number && y instanceof BigDecimal other) {
      return number.compareTo(other);
    }
    if (x.getClass() == y.getClass()) {
      return NaiveDb.compare(x, y);
    }
    if (x instanceof Double number && number.isInfinite()) {
      return number < 0 ? -1 : 1;
    }
    return y instanceof Double number && number.isInfinite()
        ? (number < 0 ? 1 : -1)
        : exact(x).compareTo(exact(y));
  }

  private static String kind(Object value) {
    return value instanceof Number
        ? "java.lang.Long"
        : value instanceof List<?>
            ? "clojure.lang.PersistentVector"
            : value.getClass().getName();
  }

  private static BigDecimal exact(Object number) {
    return number instanceof Double binary ? new BigDecimal(binary) : new BigDecimal("" + number);
  }

  // Rules

  /// Everything that a rule says, found by adding to what is known until nothing is new.
  private Set<Map<Object, Object>> rule(
      Symbol name, List<?> args, Map<Object, Object> row, Object source) {
    Map<Symbol, Set<List<Object>>> known = answers.get(source);
    if (known == null) {
      known = new HashMap<>();
      answers.put(source, known);
      for (Object rule : rules) {
        known.put(ruleName((List<?>) rule), new HashSet<>());
      }
      boolean changed = true;
      while (changed) {
        changed = false;
        for (Object each : rules) {
          List<?> rule = (List<?>) each;
          List<?> head = (List<?>) rule.get(0);
          List<List<Object>> rows = new ArrayList<>();
          for (Map<Object, Object> found :
              all(rule.subList(1, rule.size()), Set.of(Map.of()), source)) {
            List<Object> values = new ArrayList<>();
            variables(head.subList(1, head.size()))
                .forEach(variable -> values.add(value(found, variable)));
            rows.add(values);
          }
          changed |= Objects.requireNonNull(known.get(ruleName(rule))).addAll(rows);
        }
      }
    }
    Set<Map<Object, Object>> found = new LinkedHashSet<>();
    for (List<Object> answer : known.getOrDefault(name, Collections.emptySet())) {
      found.addAll(unifyAll(args, answer, row));
    }
    return found;
  }

  private static Symbol ruleName(List<?> rule) {
    return (Symbol) Objects.requireNonNull(((List<?>) Objects.requireNonNull(rule.get(0))).get(0));
  }
}
