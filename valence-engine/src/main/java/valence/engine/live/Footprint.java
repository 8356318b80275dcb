package valence.engine.live;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import valence.api.Attribute;
import valence.api.Datom;
import valence.api.Db;
import valence.api.LogEntry;
import valence.engine.query.syntax.Binding;
import valence.engine.query.syntax.Call;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.ClauseReader;
import valence.engine.query.syntax.FindElement;
import valence.engine.query.syntax.Input;
import valence.engine.query.syntax.Query;
import valence.engine.query.syntax.QueryReader;
import valence.engine.query.syntax.RuleSet;
import valence.engine.query.syntax.Term;

/// Which datoms a query can read, from what it says; never less than it does read.
///
/// Idents are looked up once, so it holds until a transaction touches the schema; such a one
/// concerns every query. Text and numbers that a query has anywhere could be names, but names of
/// entities change by transactions that touch the schema (`:db/ident`), and lookup refs by those of
/// their attribute, which is counted among what is read.
final class Footprint {
  private static final Set<String> ENTITY_FUNCTIONS = Set.of("get-else", "get-some", "missing?");

  /// The datoms of an entity, an attribute and a value, where each may be any.
  private record Reach(
      @Nullable Long e, @Nullable Long a, @Nullable Object v) {
    boolean has(Datom datom) {
      return (e == null || e == datom.e())
          && (a == null || a == datom.a())
          && (v == null || v.equals(datom.v()));
    }
  }

  private final Db db;
  private final Set<Reach> anywhere = new HashSet<>(); // of any attribute
  private final Map<Long, Set<Reach>> byAttribute = new HashMap<>();
  private final Set<Symbol> rulesSeen = new HashSet<>();
  private final Set<Long> attributesRead = new HashSet<>();
  private RuleSet rules = RuleSet.EMPTY;
  private boolean readsEverything;

  private Footprint(Db db) {
    this.db = db;
  }

  /// That of a query.
  ///
  /// @param query  a query that has run
  /// @param inputs those behind the database
  static Footprint of(Db db, Object query, List<? extends @Nullable Object> inputs) {
    var footprint = new Footprint(db);
    Query read = QueryReader.read(query);
    Map<String, Object> known = new HashMap<>();
    List<Input> declared = read.inputs().orElseGet(() -> List.of(new Input.Source("$")));
    Map<Symbol, Object> patterns = new HashMap<>();
    for (int i = 1; i < declared.size() && i <= inputs.size(); i++) {
      Object value = inputs.get(i - 1);
      footprint.names(value);
      switch (declared.get(i)) {
        case Input.Bind(Binding.Scalar(Term.Variable(String name))) -> {
          if (value != null) {
            known.put(name, value);
          }
        }
        case Input.RuleSet() -> {
          if (value != null) {
            footprint.rules = ClauseReader.rules(value);
          }
        }
        case Input.Pattern(Symbol name) -> patterns.put(name, value == null ? "" : value);
        case Input.Bind _, Input.Source _, Input.Ignored _ -> {}
      }
    }
    footprint.clauses(read.where(), known);
    for (FindElement element : read.find()) {
      if (element instanceof FindElement.Pull(_, _, var pattern)) {
        footprint.pull(
            switch (pattern) {
              case FindElement.PullPattern.Literal(Object edn) -> edn;
              case FindElement.PullPattern.Input(Symbol name) -> patterns.get(name);
            });
      }
    }
    return footprint;
  }

  /// Whether a transaction may change what the query gives.
  boolean isTouchedBy(LogEntry entry) {
    if (readsEverything) {
      return true;
    }
    for (Datom datom : entry.data()) {
      Set<Reach> reaches = byAttribute.get(datom.a());
      if (reaches != null && reaches.stream().anyMatch(reach -> reach.has(datom))
          || anywhere.stream().anyMatch(reach -> reach.has(datom))) {
        return true;
      }
    }
    return false;
  }

  /// Whether what the query gave at an earlier t can be asked for again: it reads named attributes
  /// alone, and none that forgets.
  boolean isRemembered() {
    return !readsEverything
        && anywhere.isEmpty()
        && attributesRead.stream()
            .allMatch(a -> db.attribute(a).map(each -> !each.noHistory()).orElse(false));
  }

  private void everything() {
    readsEverything = true;
  }

  private void read(@Nullable Long e, @Nullable Long a, @Nullable Object v) {
    if (a == null) {
      if (e == null) {
        everything();
      } else {
        anywhere.add(new Reach(e, null, null));
      }
    } else {
      attributesRead.add(a);
      byAttribute.computeIfAbsent(a, _ -> new HashSet<>()).add(new Reach(e, a, v));
    }
  }

  /// @param known what the variables are that one value is given for
  private void clauses(List<Clause> clauses, Map<String, Object> known) {
    for (Clause clause : clauses) {
      switch (clause) {
        case Clause.Pattern(_, var terms, _) -> pattern(terms, known);
        case Clause.Apply(Call call, _, _) -> call(call, known);
        case Clause.RuleCall(_, Symbol name, var args, _) -> {
          args.forEach(this::constant);
          rule(name);
        }
        case Clause.Not not ->
          clauses(not.body(), not.join().isPresent() ? only(known, not.shared()) : known);
        case Clause.Or or -> {
          Map<String, Object> inside = only(known, or.head().variables());
          or.branches().forEach(branch -> clauses(branch, inside));
        }
      }
    }
  }

  private static Map<String, Object> only(
      Map<String, Object> known, Collection<Term.Variable> variables) {
    Map<String, Object> inside = new HashMap<>(known);
    Set<String> names = new HashSet<>();
    variables.forEach(variable -> names.add(variable.name()));
    inside.keySet().retainAll(names);
    return inside;
  }

  private void rule(Symbol name) {
    RuleSet.Rule rule = rules.find(name);
    if (rule == null) {
      everything();
    } else if (rulesSeen.add(name)) {
      rule.branches().forEach(branch -> clauses(branch.body(), Map.of()));
    }
  }

  private void pattern(List<Term> terms, Map<String, Object> known) {
    terms.forEach(this::constant);
    Object e = value(terms, 0, known);
    Object a = value(terms, 1, known);
    Object v = value(terms, 2, known);
    Long attribute = null;
    if (a != null) {
      Optional<Attribute> named = attribute(a);
      if (named.isEmpty()) {
        return; // there is none as yet; when there is, the schema was touched
      }
      attribute = named.get().id();
    }
    boolean isPlain = v instanceof String || v instanceof Boolean || v instanceof UUID;
    read(
        e instanceof Long id ? id : null,
        attribute,
        isPlain && attribute != null && !isRef(attribute) ? v : null);
  }

  private boolean isRef(long attribute) {
    return db.attribute(attribute)
        .map(each -> each.valueType().getName().equals("ref"))
        .orElse(true);
  }

  private static @Nullable Object value(List<Term> terms, int index, Map<String, Object> known) {
    if (index >= terms.size()) {
      return null;
    }
    return switch (terms.get(index)) {
      case Term.Constant(Object value) -> value;
      case Term.Variable(String name) -> known.get(name);
      case Term.Blank _, Term.Source _, Term.Nested _ -> null;
    };
  }

  private Optional<Attribute> attribute(Object name) {
    return switch (name) {
      case Keyword ident -> db.attribute(ident);
      case Long id -> db.attribute(id);
      default -> {
        everything(); // a name in some other form
        yield Optional.empty();
      }
    };
  }

  private void call(Call call, Map<String, Object> known) {
    call.args().forEach(this::constant);
    for (Term arg : call.args()) {
      if (arg instanceof Term.Nested(Call inner)) {
        call(inner, known);
      }
    }
    if (call.args().stream().noneMatch(Term.Source.class::isInstance)) {
      return;
    }
    if (!(call.callee() instanceof Call.Callee.Named(Symbol name))
        || name.getNamespace() != null
        || !ENTITY_FUNCTIONS.contains(name.getName())) {
      everything(); // whatever it reads
      return;
    }
    int last = name.getName().equals("get-some") ? call.args().size() : 3;
    Object e = value(call.args(), 1, known);
    for (int i = 2; i < last; i++) {
      Object a = value(call.args(), i, known);
      if (a == null) {
        everything();
      } else {
        attribute(a).ifPresent(each -> read(e instanceof Long id ? id : null, each.id(), null));
      }
    }
  }

  private void constant(Term term) {
    if (term instanceof Term.Constant(Object value)) {
      names(value);
    }
  }

  /// Lookup refs in data, which may name an entity.
  private void names(@Nullable Object value) {
    switch (value) {
      case List<?> list -> {
        if (list.size() == 2 && list.get(0) instanceof Keyword ident) {
          db.attribute(ident).ifPresent(each -> read(null, each.id(), null));
        }
        list.forEach(this::names);
      }
      case Collection<?> members -> members.forEach(this::names);
      case Map<?, ?> map -> map.values().forEach(this::names);
      case null, default -> {}
    }
  }

  private void pull(@Nullable Object pattern) {
    if (!(pattern instanceof List<?> specs)) {
      everything();
      return;
    }
    specs.forEach(this::spec);
  }

  private void spec(@Nullable Object spec) {
    switch (spec) {
      case Keyword attribute -> pulled(attribute, true);
      case Map<?, ?> map ->
        map.forEach((target, nested) -> {
          if (target instanceof Keyword attribute) {
            pulled(attribute, false);
          } else {
            spec(target);
          }
          if (!(nested instanceof Number || isDots(nested))) {
            pull(nested);
          }
        });
      case List<?> list
      when !list.isEmpty() && list.getFirst() instanceof Keyword attribute ->
        pulled(attribute, true);
      case null, default -> everything(); // a wildcard among others
    }
  }

  private static boolean isDots(@Nullable Object form) {
    return form instanceof Symbol symbol && symbol.getName().equals("...");
  }

  /// @param whole whether a component is pulled with all that it has
  private void pulled(Keyword attribute, boolean whole) {
    if (attribute.getName().equals("id") && "db".equals(attribute.getNamespace())) {
      return;
    }
    Keyword forward = attribute.getName().startsWith("_")
        ? Keyword.intern(attribute.getNamespace(), attribute.getName().substring(1))
        : attribute;
    Optional<Attribute> found = db.attribute(forward).or(() -> db.attribute(attribute));
    found.ifPresent(each -> {
      read(null, each.id(), null);
      if (whole && each.isComponent()) {
        everything();
      }
    });
  }

  @Override
  public String toString() {
    List<Object> all = new ArrayList<>(anywhere);
    all.addAll(byAttribute.values());
    return readsEverything ? "everything" : all.toString();
  }
}
