package valence.engine.query.syntax;

import static valence.engine.query.syntax.Forms.mistake;
import static valence.engine.query.syntax.Forms.show;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.edn.Persistent;
import valence.engine.query.syntax.Call.Callee;
import valence.engine.query.syntax.Clause.Apply;
import valence.engine.query.syntax.Clause.Head;
import valence.engine.query.syntax.Clause.Not;
import valence.engine.query.syntax.Clause.Or;
import valence.engine.query.syntax.Clause.Pattern;
import valence.engine.query.syntax.Clause.RuleCall;
import valence.engine.query.syntax.RuleSet.Branch;
import valence.engine.query.syntax.RuleSet.Rule;
import valence.engine.query.syntax.Term.Variable;

/// Reads clauses, bindings and rules.
public final class ClauseReader {
  /// Clauses and calls nested in each other, at most.
  private static final int DEPTH_MAX = 100;

  private static final Set<String> CONNECTIVES = Set.of("not", "not-join", "or", "or-join", "and");

  private final int depth;

  private ClauseReader(int depth) {
    this.depth = depth;
    if (depth > DEPTH_MAX) {
      throw mistake("The query nests more than " + DEPTH_MAX + " clauses in each other.");
    }
  }

  static List<Clause> clauses(List<@Nullable Object> forms) {
    List<Clause> clauses = new ArrayList<>();
    for (int i = 0; i < forms.size(); i++) {
      try {
        clauses.addAll(new ClauseReader(0).conjunction(forms.subList(i, i + 1)));
      } catch (AnomalyException mistake) {
        throw Place.at(i, mistake);
      }
    }
    return clauses;
  }

  /// Rules as given for `%`: a list of them, or EDN text of one.
  public static RuleSet rules(@Nullable Object input) {
    Object form = input instanceof String text ? Edn.read(text) : input;
    Map<Symbol, Rule> rules = new LinkedHashMap<>();
    List<@Nullable Object> definitions = form instanceof Set<?> set
        ? Arrays.asList(Persistent.items(set))
        : Forms.elements(form)
            .orElseThrow(() -> mistake(
                "The rules given for % are " + show(form) + ".",
                "Expected a list of rules [(name ?arg) clause …]."));
    for (Object definition : definitions) {
      addRule(rules, definition);
    }
    return new RuleSet(rules);
  }

  private static void addRule(Map<Symbol, Rule> rules, @Nullable Object form) {
    List<@Nullable Object> parts = Forms.elements(form).orElse(List.of());
    List<@Nullable Object> head =
        parts.isEmpty() ? List.of() : Forms.elements(parts.get(0)).orElse(List.of());
    if (head.size() < 2 || !(head.get(0) instanceof Symbol name)) {
      throw mistake(
          "A rule reads " + show(form) + ".",
          "Expected [(name ?arg …) clause …], with at least one argument.");
    }
    if (parts.size() < 2) {
      throw mistake("The rule " + show(form) + " has no body.", "Expected clauses after its head.");
    }
    ClauseReader reader = new ClauseReader(0);
    Head variables = reader.head(Objects.requireNonNull(form), head.subList(1, head.size()));
    if (new HashSet<>(variables.variables()).size() < variables.variables().size()) {
      throw mistake(
          "The head of rule " + show(form) + " names a variable twice.",
          "Use two variables and unify them in the body, with [(identity ?a) ?b].");
    }
    Branch branch = new Branch(
        variables,
        reader.conjunction(parts.subList(1, parts.size())),
        Objects.requireNonNull(form));
    int count = variables.variables().size();
    Rule rule = rules.get(name);
    if (rule == null) {
      rules.put(name, new Rule(name, count, variables.requiredCount(), List.of(branch)));
      return;
    }
    if (rule.argumentCount() != count) {
      throw mistake(
          "Arity mismatch for rule " + name + ": one definition has " + rule.argumentCount()
              + " arguments, another has " + count + ".",
          "Definitions of one name take the same number of arguments.");
    }
    List<Branch> branches = new ArrayList<>(rule.branches());
    branches.add(branch);
    int required = Math.max(rule.requiredCount(), variables.requiredCount());
    rules.put(name, new Rule(name, count, required, branches));
  }

  private List<Clause> conjunction(List<@Nullable Object> forms) {
    List<Clause> clauses = new ArrayList<>();
    for (Object form : forms) {
      List<@Nullable Object> parts = Forms.elements(form)
          .orElseThrow(() -> mistake(
              "A clause reads " + show(form) + ".",
              "Expected a pattern, an expression, a rule, not or or."));
      Object clause = Objects.requireNonNull(form);
      if (!parts.isEmpty() && Forms.isSymbol(parts.get(0), "and")) {
        clauses.addAll(new ClauseReader(depth + 1).conjunction(parts.subList(1, parts.size())));
      } else {
        clauses.add(clause(clause, parts));
      }
    }
    return clauses;
  }

  private Clause clause(Object form, List<@Nullable Object> parts) {
    if (parts.isEmpty()) {
      return new Pattern(Optional.empty(), List.of(), form);
    }
    Object first = parts.get(0);
    if (Forms.isSource(first)) {
      Optional<String> source = Optional.of(((Symbol) Objects.requireNonNull(first)).getName());
      List<@Nullable Object> rest = parts.subList(1, parts.size());
      return !rest.isEmpty() && isName(rest.get(0))
          ? named(source, form, rest)
          : new Pattern(source, terms(form, rest), form);
    }
    if (isName(first)) {
      return named(Optional.empty(), form, parts);
    }
    if (Forms.elements(first).isPresent()) {
      return apply(form, parts);
    }
    return new Pattern(Optional.empty(), terms(form, parts), form);
  }

  private static boolean isName(@Nullable Object form) {
    return form instanceof Symbol && !Forms.isVariable(form) && !Forms.isSymbol(form, "_");
  }

  private Clause named(Optional<String> source, Object form, List<@Nullable Object> parts) {
    Symbol name = (Symbol) Objects.requireNonNull(parts.get(0));
    List<@Nullable Object> rest = parts.subList(1, parts.size());
    ClauseReader inner = new ClauseReader(depth + 1);
    if (name.getNamespace() != null || !CONNECTIVES.contains(name.getName())) {
      return new RuleCall(source, name, terms(form, rest), form);
    }
    return switch (name.getName()) {
      case "not" -> new Not(source, Optional.empty(), inner.conjunction(rest), form);
      case "not-join" -> {
        List<@Nullable Object> join = joined(form, rest);
        yield new Not(
            source,
            Optional.of(head(form, join).variables()),
            inner.conjunction(rest.subList(1, rest.size())),
            form);
      }
      case "or" -> or(source, form, inner.branches(rest));
      case "or-join" -> {
        Head head = head(form, joined(form, rest));
        if (head.variables().isEmpty()) {
          throw Anomaly.incorrect(
                  "db.error/or-binding-empty",
                  "'or' cannot have empty binding set: " + show(form) + ".",
                  "List the variables that its branches share with other clauses.")
              .toException();
        }
        yield new Or(
            source, head, atLeastOne(form, inner.branches(rest.subList(1, rest.size()))), form);
      }
      default ->
        throw mistake(
            "A source before 'and' in " + show(form) + ".", "Name the source in each clause.");
    };
  }

  private static List<@Nullable Object> joined(Object form, List<@Nullable Object> rest) {
    return (rest.isEmpty() ? Optional.<List<@Nullable Object>>empty() : Forms.elements(rest.get(0)))
        .orElseThrow(() -> mistake(
            "No variables follow the name in " + show(form) + ".",
            "Expected a list of variables."));
  }

  private List<List<Clause>> branches(List<@Nullable Object> forms) {
    List<List<Clause>> branches = new ArrayList<>();
    for (Object form : forms) {
      List<@Nullable Object> one = new ArrayList<>();
      one.add(form);
      branches.add(conjunction(one));
    }
    return branches;
  }

  private static List<List<Clause>> atLeastOne(Object form, List<List<Clause>> branches) {
    if (branches.isEmpty()) {
      throw mistake("No branches in " + show(form) + ".", "Give at least one clause.");
    }
    return branches;
  }

  private static Or or(Optional<String> source, Object form, List<List<Clause>> branches) {
    atLeastOne(form, branches);
    Set<Variable> variables = Clause.variablesOf(branches.get(0));
    for (List<Clause> branch : branches) {
      if (!Clause.variablesOf(branch).equals(variables)) {
        throw mistake(
            "All clauses in 'or' must use same set of vars, had " + variables + " and "
                + Clause.variablesOf(branch) + " in " + show(form) + ".",
            "Use or-join to name those that are shared.");
      }
    }
    return new Or(source, new Head(List.copyOf(variables), 0), branches, form);
  }

  /// Variables, the required ones first in a list of their own.
  private Head head(Object form, List<@Nullable Object> forms) {
    List<Variable> variables = new ArrayList<>();
    int required = 0;
    if (!forms.isEmpty() && Forms.elements(forms.get(0)).isPresent()) {
      for (Object each : Forms.elements(forms.get(0)).orElseThrow()) {
        variables.add(headVariable(form, each));
      }
      required = variables.size();
      forms = forms.subList(1, forms.size());
    }
    for (Object each : forms) {
      variables.add(headVariable(form, each));
    }
    return new Head(variables, required);
  }

  private static Variable headVariable(Object form, @Nullable Object each) {
    if (each == null || !Forms.isVariable(each)) {
      throw mistake(
          show(each) + " stands where a variable is expected in " + show(form) + ".",
          "Bind constants in the body, with [(ground constant) ?variable].");
    }
    return Forms.variable(each);
  }

  private static List<Term> terms(Object form, List<@Nullable Object> parts) {
    List<Term> terms = new ArrayList<>();
    for (Object part : parts) {
      if (part == null) {
        throw mistake(
            "nil stands in " + show(form) + ".",
            "nil is not a value, so nothing matches it.",
            "Use _ for any value, or missing? to find entities without one.");
      }
      terms.add(term(part));
    }
    return terms;
  }

  private static Term term(Object form) {
    if (Forms.isVariable(form)) {
      return Forms.variable(form);
    }
    return Forms.isSymbol(form, "_") ? new Term.Blank() : new Term.Constant(unquoted(form));
  }

  /// `(quote x)` is x.
  static @Nullable Object unquoted(@Nullable Object form) {
    if (!Forms.isCall(form)) {
      return form;
    }
    List<@Nullable Object> parts = Forms.elements(form).orElseThrow();
    return parts.size() == 2 && Forms.isSymbol(parts.get(0), "quote") ? parts.get(1) : form;
  }

  private Clause apply(Object form, List<@Nullable Object> parts) {
    List<@Nullable Object> call = Forms.elements(parts.get(0)).orElseThrow();
    if (parts.size() > 2) {
      throw notABinding(parts.get(1), form);
    }
    Optional<Binding> binding =
        parts.size() == 1 ? Optional.empty() : Optional.of(binding(parts.get(1)));
    return new Apply(call(form, call), binding, form);
  }

  private Call call(Object form, List<@Nullable Object> parts) {
    if (parts.isEmpty()) {
      throw mistake("An expression in " + show(form) + " is empty.", "Expected (function args…).");
    }
    List<Term> args = new ArrayList<>();
    for (Object arg : parts.subList(1, parts.size())) {
      args.add(arg(form, arg));
    }
    return new Call(callee(form, parts.get(0)), args);
  }

  private static Callee callee(Object form, @Nullable Object function) {
    return switch (function) {
      case Symbol name
      when Forms.isVariable(name) || Forms.isSource(name) ->
        throw mistake(
            "The function in " + show(form) + " is " + show(name) + ".",
            "Functions are called by name; to look something up use (get ?map ?key) or"
                + " (contains? ?set ?x).");
      case Symbol name -> new Callee.Named(name);
      case Keyword keyword -> new Callee.Lookup(keyword);
      case Set<?> set -> new Callee.Lookup(set);
      case Map<?, ?> map -> new Callee.Lookup(map);
      case null, default ->
        throw mistake(
            "The function in " + show(form) + " is " + show(function) + ".",
            "Expected the name of a function.");
    };
  }

  private Term arg(Object form, @Nullable Object arg) {
    if (arg != null && Forms.isVariable(arg)) {
      return Forms.variable(arg);
    }
    if (arg instanceof Symbol symbol && Forms.isSource(arg)) {
      return new Term.Source(symbol.getName());
    }
    if (!Forms.isCall(arg)) {
      return new Term.Constant(arg);
    }
    List<@Nullable Object> parts = Forms.elements(arg).orElseThrow();
    if (Forms.isSymbol(parts.get(0), "quote")) {
      return new Term.Constant(unquoted(arg));
    }
    return new Term.Nested(new ClauseReader(depth + 1).call(form, parts));
  }

  /// A binding form of a function expression or of `:in`.
  static Binding binding(@Nullable Object form) {
    if (form != null && Forms.isVariable(form)) {
      return new Binding.Scalar(Forms.variable(form));
    }
    if (Forms.isSymbol(form, "_")) {
      return new Binding.Ignore();
    }
    List<@Nullable Object> parts = Forms.elements(form).orElseThrow(() -> notABinding(form, form));
    if (parts.isEmpty()) {
      throw notABinding(form, form);
    }
    if (parts.size() == 2 && Forms.isSymbol(parts.get(1), "...")) {
      return new Binding.Each(binding(parts.get(0)));
    }
    if (parts.size() == 1 && Forms.elements(parts.get(0)).isPresent()) {
      return new Binding.Each(tuple(Forms.elements(parts.get(0)).orElseThrow(), form));
    }
    return tuple(parts, form);
  }

  private static Binding tuple(List<@Nullable Object> parts, @Nullable Object form) {
    if (parts.isEmpty()) {
      throw notABinding(form, form);
    }
    List<Binding> elements = new ArrayList<>();
    for (Object part : parts) {
      boolean constant = !(part instanceof Symbol) && Forms.elements(part).isEmpty();
      elements.add(constant ? new Binding.Equal(part) : binding(part));
    }
    return new Binding.Tuple(elements);
  }

  private static AnomalyException notABinding(@Nullable Object part, @Nullable Object form) {
    return Anomaly.incorrect(
            "db.error/not-a-binding-form",
            "Invalid binding form: " + show(part)
                + (part == form ? "." : " in " + show(form) + "."),
            "Expected ?x, [?x ...], [?x ?y] or [[?x ?y]].",
            "To compare with a constant, bind a variable and add [(= ?x constant)];"
                + " a lookup ref as entity comes in by a variable of :in.")
        .toException();
  }
}
