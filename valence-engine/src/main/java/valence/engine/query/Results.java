package valence.engine.query;

import clojure.lang.Keyword;
import clojure.lang.PersistentVector;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.engine.db.Database;
import valence.engine.db.EntityRef;
import valence.engine.function.FunctionResolver;
import valence.engine.function.Invocable;
import valence.engine.pull.Pull;
import valence.engine.pull.PullPattern;
import valence.engine.pull.PullPattern.Selection;
import valence.engine.pull.PullPattern.Spec;
import valence.engine.pull.PullPattern.Target;
import valence.engine.pull.Unknown;
import valence.engine.query.call.Aggregates;
import valence.engine.query.exec.Budget;
import valence.engine.query.exec.Functions;
import valence.engine.query.exec.Relation;
import valence.engine.query.exec.Source;
import valence.engine.query.syntax.FindElement;
import valence.engine.query.syntax.FindElement.Aggregate;
import valence.engine.query.syntax.FindElement.Plain;
import valence.engine.query.syntax.Forms;
import valence.engine.query.syntax.Query;
import valence.engine.schema.Nearest;
import valence.engine.schema.Schema;

/// Makes the result of a query from the rows that were found: groups, aggregates, cuts, pulls,
/// names.
final class Results {
  private final Query query;
  private final Budget budget;
  private final @Nullable Invocable[] aggregates; // by column
  private final @Nullable PullColumn[] pulls; // by column

  /// Something in the pattern of a pull that is legal and rarely meant.
  ///
  /// @param kind      which, such as `unknown-attribute`
  /// @param key       what the concerned value is
  record PullDoubt(String kind, String key, Object concerned, String message) {}

  /// A pull of `:find`, its database and pattern found.
  ///
  /// @param cut gets the attributes of which a limit that nobody wrote left values out
  private record PullColumn(
      Database database,
      Object form,
      PullPattern pattern,
      FunctionResolver application,
      Set<Keyword> cut) {
    @Nullable Object of(@Nullable Object entity) {
      if (!(entity instanceof Long || entity instanceof Keyword || entity instanceof List<?>)) {
        return null;
      }
      long id = EntityRef.resolve(database, entity);
      return id == Schema.NONE ? null : Pull.pull(database, pattern, id, application, cut::add);
    }
  }

  /// Finds the functions, databases and patterns that `:find` names; fails when there is one
  /// missing.
  Results(
      Query query,
      Functions functions,
      FunctionResolver application,
      Map<String, Source> sources,
      Map<Symbol, Object> patterns,
      Budget budget) {
    this.query = query;
    this.budget = budget;
    int count = query.find().size();
    aggregates = new Invocable[count];
    pulls = new PullColumn[count];
    for (int i = 0; i < count; i++) {
      switch (query.find().get(i)) {
        case Aggregate aggregate -> aggregates[i] = aggregate(aggregate.name(), functions);
        case FindElement.Pull pull -> pulls[i] = pull(pull, application, sources, patterns);
        case Plain ignored -> {}
      }
    }
  }

  private static Invocable aggregate(Symbol name, Functions functions) {
    if (name.getNamespace() != null) {
      return functions.find(name);
    }
    Invocable aggregate = Aggregates.find(name.getName());
    if (aggregate == null) {
      aggregate = functions.known(name);
    }
    if (aggregate == null) {
      throw Anomaly.incorrect(
              "db.error/invalid-aggregate",
              "Argument " + name + " in :find is not an aggregate function.",
              "Expected count, sum, avg or another aggregate, or namespace/name of your own.")
          .toException();
    }
    return aggregate;
  }

  private static PullColumn pull(
      FindElement.Pull pull,
      FunctionResolver application,
      Map<String, Source> sources,
      Map<Symbol, Object> patterns) {
    String name = pull.source().orElse("$");
    if (!(sources.get(name) instanceof Source.Facts facts)) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "Cannot resolve key: " + name + ".",
              "The pull of " + pull.variable() + " needs a database under that name.")
          .toException();
    }
    Object pattern = switch (pull.pattern()) {
      case FindElement.PullPattern.Literal(Object edn) -> edn;
      case FindElement.PullPattern.Input(Symbol input) -> {
        Object given = patterns.get(input);
        if (given == null) {
          throw Anomaly.incorrect(
                  "db.error/pattern-not-bound",
                  "Pull pattern not found in inputs: " + input + ".",
                  "List it in :in and pass the pattern.")
              .toException();
        }
        yield given;
      }
    };
    Database database = facts.database();
    return new PullColumn(
        database,
        pattern,
        Pull.pattern(pattern, database.schema()),
        application,
        new LinkedHashSet<>());
  }

  /// @param offset rows to skip; negative for none
  /// @param limit rows to return; negative for all
  @Nullable Object of(Relation found, long offset, long limit) {
    List<@Nullable Object[]> rows = cut(found, offset, limit);
    return switch (query.shape()) {
      case RELATION -> {
        List<Object> result = new ArrayList<>(rows.size());
        for (@Nullable Object[] row : rows) {
          result.add(row(row));
        }
        yield PersistentVector.create(result);
      }
      case COLLECTION -> {
        List<@Nullable Object> result = new ArrayList<>(rows.size());
        for (@Nullable Object[] row : rows) {
          result.add(pulled(row)[0]);
        }
        yield PersistentVector.create(result);
      }
      case TUPLE -> rows.isEmpty() ? null : row(rows.get(0));
      case SCALAR -> rows.isEmpty() ? null : pulled(rows.get(0))[0];
    };
  }

  /// The same rows or values, each pulled when it is read.
  List<@Nullable Object> lazily(Relation found, long offset, long limit) {
    boolean single = query.shape() == Query.Shape.COLLECTION;
    if (!single && query.shape() != Query.Shape.RELATION) {
      throw Forms.mistake(
          "qseq was asked for a single row or value.",
          "Expected :find of rows, or of the values [?x ...] of one column.",
          "Use q.");
    }
    List<@Nullable Object[]> rows = cut(found, offset, limit);
    return new LazyRows(rows.size(), i -> {
      @Nullable Object[] pulled = pull(rows.get(i).clone());
      return single ? pulled[0] : named(pulled);
    });
  }

  private List<@Nullable Object[]> cut(Relation found, long offset, long limit) {
    boolean grouped = query.find().stream().anyMatch(Aggregate.class::isInstance);
    List<@Nullable Object[]> rows = grouped ? groups(found) : rows(found);
    int from = (int) Math.min(Math.max(0, offset), rows.size());
    int to =
        limit < 0 ? rows.size() : (int) Math.min(rows.size(), from + Math.min(limit, rows.size()));
    return rows.subList(from, to);
  }

  /// What looks like a mistake in the patterns of pulls.
  List<PullDoubt> pullDoubts() {
    List<PullDoubt> doubts = new ArrayList<>();
    for (PullColumn pull : pulls) {
      if (pull != null) {
        Schema schema = pull.database().schema();
        Unknown unknown = Pull.unknown(pull.form(), schema);
        for (Object option : unknown.options()) {
          doubts.add(new PullDoubt(
              "unknown-option",
              "option",
              option,
              "A pull has an option " + Forms.show(option) + ", which is ignored. Options are :as,"
                  + " :limit, :default and :xform."));
        }
        for (Keyword name : unknown.attributes()) {
          String proposal = Nearest.attribute(name, schema);
          doubts.add(new PullDoubt(
              "unknown-attribute",
              "attribute",
              name,
              "A pull names " + name + ", which is no attribute. "
                  + (proposal.isEmpty() ? "It selects nothing." : proposal)));
        }
        addDoubts(pull.pattern(), doubts);
        for (Keyword attribute : pull.cut()) {
          doubts.add(new PullDoubt(
              "values-cut",
              "attribute",
              attribute,
              "A pull shows the first 1000 values of " + attribute + " and leaves others out. Write"
                  + " [" + attribute + " :limit nil] for all, or a limit that is meant."));
        }
      }
    }
    return doubts;
  }

  private static void addDoubts(PullPattern pattern, List<PullDoubt> doubts) {
    Set<Object> keys = new HashSet<>();
    for (Spec spec : pattern.specs()) {
      if (!keys.add(spec.key())) {
        doubts.add(new PullDoubt(
            "same-key",
            "key",
            spec.key(),
            "A pull shows two values under " + Forms.show(spec.key()) + ", and one of them is lost."
                + " Give each a key of its own with :as."));
      }
      if (!(spec instanceof Selection selection)) {
        continue;
      }
      Keyword attribute = selection.attribute().ident();
      if (selection.limit() < 1 && (selection.reverse() || selection.attribute().many())) {
        doubts.add(new PullDoubt(
            "empty-limit",
            "attribute",
            attribute,
            "A pull limits " + attribute + " to " + selection.limit() + " values, and so leaves it"
                + " out."));
      }
      if (selection.target() instanceof Target.Nested(var nested)) {
        if (!selection.attribute().isRef()) {
          doubts.add(new PullDoubt(
              "pattern-of-scalar",
              "attribute",
              attribute,
              "A pull has a pattern for the values of " + attribute + ", which are no references."
                  + " It selects nothing."));
        }
        addDoubts(nested, doubts);
      }
    }
  }

  private List<@Nullable Object[]> rows(Relation found) {
    int[] columns = columns(found);
    List<@Nullable Object[]> rows = new ArrayList<>(found.count());
    for (int row = 0; row < found.count(); row++) {
      budget.tick();
      @Nullable Object[] values = new Object[columns.length];
      for (int i = 0; i < columns.length; i++) {
        values[i] = found.value(row, columns[i]);
      }
      rows.add(values);
    }
    return rows;
  }

  private int[] columns(Relation found) {
    return query.find().stream()
        .mapToInt(element -> found.variables().indexOf(element.variable()))
        .toArray();
  }

  private List<@Nullable Object[]> groups(Relation found) {
    budget.check();
    Map<List<@Nullable Object>, List<@Nullable Object[]>> groups = new LinkedHashMap<>();
    for (@Nullable Object[] row : rows(found)) {
      budget.tick();
      List<@Nullable Object> key = new ArrayList<>();
      for (int i = 0; i < row.length; i++) {
        if (aggregates[i] == null) {
          key.add(row[i]);
        }
      }
      groups.computeIfAbsent(key, k -> new ArrayList<>()).add(row);
    }
    List<@Nullable Object[]> results = new ArrayList<>();
    groups.values().forEach(group -> results.add(group(group)));
    return results;
  }

  private @Nullable Object[] group(List<@Nullable Object[]> rows) {
    budget.check();
    @Nullable Object[] result = rows.get(0).clone();
    for (int i = 0; i < result.length; i++) {
      Invocable aggregate = aggregates[i];
      if (aggregate != null && query.find().get(i) instanceof Aggregate element) {
        List<@Nullable Object> values = new ArrayList<>(rows.size());
        for (@Nullable Object[] row : rows) {
          values.add(row[i]);
        }
        List<@Nullable Object> args = new ArrayList<>(element.constants());
        args.add(PersistentVector.create(values));
        result[i] = Functions.call(aggregate, args.toArray(), form(element));
      }
    }
    return result;
  }

  private static Object form(FindElement element) {
    return element instanceof Aggregate aggregate
        ? Symbol.intern("(" + aggregate.name() + " " + aggregate.variable() + ")")
        : Symbol.intern(element.variable().name());
  }

  private @Nullable Object[] pulled(@Nullable Object[] row) {
    budget.check();
    return pull(row);
  }

  /// Pulls in place, without a limit of time.
  private @Nullable Object[] pull(@Nullable Object[] row) {
    for (int i = 0; i < row.length; i++) {
      PullColumn pull = pulls[i];
      if (pull != null) {
        row[i] = pull.of(row[i]);
      }
    }
    return row;
  }

  private Object row(@Nullable Object[] row) {
    return named(pulled(row));
  }

  private Object named(@Nullable Object[] values) {
    Optional<List<Object>> names = query.names();
    return names.isPresent()
        ? new NamedRow(names.get(), Arrays.asList(values))
        : Objects.requireNonNull(PersistentVector.create(values));
  }
}
