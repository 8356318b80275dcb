package valence.engine.query;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import valence.engine.query.syntax.Call;
import valence.engine.query.syntax.Clause;
import valence.engine.query.syntax.FindElement;
import valence.engine.query.syntax.FindElement.Aggregate;
import valence.engine.query.syntax.Forms;
import valence.engine.query.syntax.Input;
import valence.engine.query.syntax.Query;
import valence.engine.query.syntax.RuleSet;
import valence.engine.query.syntax.Term;
import valence.engine.query.syntax.Term.Variable;

/// Warnings about what is legal in a query and rarely meant, as its text shows it.
///
/// A warning is `{:warning :unused-binding, :variables #{?x}, :message "…"}` or alike. There may be
/// mistakes that none tells of; a warning about a query that is meant as it stands is rare.
final class Lint {
  /// Aggregates whose result depends on how often a value is there.
  private static final Set<String> WEIGHTED = Set.of("sum", "avg", "median", "variance", "stddev");

  private Lint() {}

  /// @param argCount   how many inputs were given
  /// @param foundCount how many rows the clauses found
  /// @param pulls      what looks like a mistake in the patterns of pulls
  static List<Map<Keyword, Object>> warnings(
      Query query, RuleSet rules, int argCount, int foundCount, List<Results.PullDoubt> pulls) {
    List<Map<Keyword, Object>> warnings = new ArrayList<>();
    addUnused(query, warnings);
    rules.rules().values().forEach(rule -> rule.branches().forEach(b -> addUnused(b, warnings)));
    addLostDuplicates(query, warnings);
    addConstantPredicates(query.where(), warnings);
    addExtraInputs(query, argCount, warnings);
    addMissingGroup(query, foundCount, warnings);
    for (Results.PullDoubt each : pulls) {
      warnings.add(warning(each.kind(), each.key(), each.concerned(), each.message()));
    }
    return warnings;
  }

  private static void addConstantPredicates(
      List<Clause> clauses, List<Map<Keyword, Object>> warnings) {
    for (Clause clause : clauses) {
      if (clause instanceof Clause.Apply apply
          && apply.binding().isEmpty()
          && apply.call().variables().isEmpty()
          && !apply.call().readsSource()) {
        warnings.add(warning(
            "constant-predicate",
            "clause",
            apply.form(),
            Forms.show(apply.form()) + " has no variable, and so keeps every row, whether it holds"
                + " or not. Test a variable, or leave it out."));
      }
    }
  }

  private static void addExtraInputs(
      Query query, int argCount, List<Map<Keyword, Object>> warnings) {
    int expected = query.inputs().map(List::size).orElse(1);
    if (argCount > expected) {
      warnings.add(warning(
          "extra-inputs",
          "count",
          argCount - expected,
          "The query takes " + expected + " inputs and was given " + argCount
              + ". Those at the end are ignored; name them in :in or leave them out."));
    }
  }

  /// Nothing found, and a count of it asked for, which some expect to be 0.
  private static void addMissingGroup(
      Query query, int foundCount, List<Map<Keyword, Object>> warnings) {
    for (FindElement element : query.find()) {
      if (foundCount == 0
          && element instanceof Aggregate aggregate
          && aggregate.name().getName().startsWith("count")) {
        warnings.add(warning(
            "no-group",
            "aggregate",
            Symbol.intern("(" + aggregate.name() + " " + aggregate.variable() + ")"),
            "Nothing was found, and of nothing there is no group: the result has no row, not a row"
                + " with 0. Take an empty result for 0."));
      }
    }
  }

  private static void addUnused(Query query, List<Map<Keyword, Object>> warnings) {
    Map<Variable, Integer> uses = new LinkedHashMap<>();
    query.resultVariables().forEach(variable -> use(variable, uses));
    Set<Variable> inputs = new LinkedHashSet<>();
    for (Input input : query.inputs().orElse(List.of())) {
      if (input instanceof Input.Bind(var binding)) {
        binding.addVariables(inputs);
      }
    }
    inputs.forEach(variable -> use(variable, uses));
    addUses(query.where(), uses);
    addUnused(uses, "the query", warnings);
  }

  private static void addUnused(RuleSet.Branch branch, List<Map<Keyword, Object>> warnings) {
    Map<Variable, Integer> uses = new LinkedHashMap<>();
    branch.head().variables().forEach(variable -> use(variable, uses));
    addUses(branch.body(), uses);
    addUnused(uses, Forms.show(branch.form()), warnings);
  }

  private static void addUnused(
      Map<Variable, Integer> uses, String where, List<Map<Keyword, Object>> warnings) {
    Set<Symbol> unused = new LinkedHashSet<>();
    uses.forEach((variable, count) -> {
      if (count == 1 && !variable.name().startsWith("?_")) {
        unused.add(Symbol.intern(variable.name()));
      }
    });
    if (!unused.isEmpty()) {
      warnings.add(warning(
          "unused-binding",
          "variables",
          Set.copyOf(unused),
          unused + " is bound and used nowhere else in " + where
              + ". Check the spelling, or write _ instead."));
    }
  }

  private static void use(Variable variable, Map<Variable, Integer> uses) {
    uses.merge(variable, 1, Integer::sum);
  }

  private static void addUses(List<Clause> clauses, Map<Variable, Integer> uses) {
    for (Clause clause : clauses) {
      switch (clause) {
        case Clause.Pattern pattern -> addTermUses(pattern.terms(), uses);
        case Clause.RuleCall call -> addTermUses(call.args(), uses);
        case Clause.Apply apply -> {
          addTermUses(apply.call().args(), uses);
          Set<Variable> bound = new LinkedHashSet<>();
          apply.binding().ifPresent(binding -> binding.addVariables(bound));
          bound.forEach(variable -> use(variable, uses));
        }
        case Clause.Not not -> addUses(not.body(), uses);
        case Clause.Or or -> or.branches().forEach(branch -> addUses(branch, uses));
      }
    }
  }

  private static void addTermUses(List<Term> terms, Map<Variable, Integer> uses) {
    for (Term term : terms) {
      switch (term) {
        case Variable variable -> use(variable, uses);
        case Term.Nested(Call call) -> addTermUses(call.args(), uses);
        case Term.Constant ignored -> {}
        case Term.Blank ignored -> {}
        case Term.Source ignored -> {}
      }
    }
  }

  /// Sums and the like over the values of entities that aren't part of the result: rows are a set,
  /// so that two entities with one value count once.
  private static void addLostDuplicates(Query query, List<Map<Keyword, Object>> warnings) {
    List<Variable> kept = query.resultVariables();
    for (FindElement element : query.find()) {
      if (!(element instanceof Aggregate aggregate)
          || aggregate.name().getNamespace() != null
          || !WEIGHTED.contains(aggregate.name().getName())) {
        continue;
      }
      for (Clause clause : query.where()) {
        if (clause instanceof Clause.Pattern pattern
            && pattern.terms().size() > 2
            && pattern.terms().get(2).equals(aggregate.variable())
            && !kept.contains(pattern.terms().get(0))) {
          warnings.add(warning(
              "lost-duplicates",
              "clause",
              pattern.form(),
              "(" + aggregate.name() + " " + aggregate.variable() + ") counts equal values once,"
                  + " because rows are a set. Name the entity of " + Forms.show(pattern.form())
                  + " in :with to count each."));
          break;
        }
      }
    }
  }

  private static Map<Keyword, Object> warning(
      String kind, String key, Object concerned, String message) {
    Map<Keyword, Object> warning = new LinkedHashMap<>();
    warning.put(Keyword.intern("warning"), Keyword.intern(kind));
    warning.put(Keyword.intern(key), concerned);
    warning.put(Keyword.intern("message"), message);
    return warning;
  }
}
