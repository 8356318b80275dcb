package valence.engine.query;

import clojure.lang.Keyword;
import clojure.lang.PersistentVector;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.edn.Persistent;
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
import valence.engine.query.exec.GroupAggregates;
import valence.engine.query.exec.Groups;
import valence.engine.query.exec.Operator;
import valence.engine.query.exec.Relation;
import valence.engine.query.exec.Shaping;
import valence.engine.query.exec.Source;
import valence.engine.query.syntax.FindElement;
import valence.engine.query.syntax.FindElement.Aggregate;
import valence.engine.query.syntax.FindElement.Plain;
import valence.engine.query.syntax.Forms;
import valence.engine.query.syntax.Query;
import valence.engine.query.syntax.Term.Variable;
import valence.engine.schema.Nearest;
import valence.engine.schema.Schema;

/// Makes the result of a query from the rows that were found: groups, aggregates, cuts, pulls,
/// names.
final class Results {
  /// Rows whose values are made before they are put together.
  private static final int BLOCK_ROWS = 256;

  /// What it takes to make a row, about.
  private static final int ROW_NANOS = 12;

  /// Items that a Clojure vector may hold in one array.
  private static final int VECTOR_TAIL = 32;

  private final Query query;
  private final Budget budget;
  private final Shaping shaping;
  private final boolean byColumns; // whether aggregates may read columns
  private final @Nullable Invocable[] aggregates; // by column
  private final @Nullable PullColumn[] pulls; // by column
  private final boolean isPulled; // whether there is one

  /// Something in the pattern of a pull that is legal and rarely meant.
  ///
  /// @param kind      which, such as `unknown-attribute`
  /// @param key       what the concerned value is
  record PullDoubt(String kind, String key, Object concerned, String message) {}

  /// A pull of `:find`, its database and pattern found.
  ///
  /// @param puller gives what the pattern selects of an entity
  /// @param cut    gets the attributes of which a limit that nobody wrote left values out
  private record PullColumn(
      Database database,
      Object form,
      PullPattern pattern,
      LongFunction<@Nullable Map<Object, Object>> puller,
      Set<Keyword> cut) {
    @Nullable Object of(@Nullable Object entity) {
      if (!(entity instanceof Long || entity instanceof Keyword || entity instanceof List<?>)) {
        return null;
      }
      long id = EntityRef.resolve(database, entity);
      return id == Schema.NONE ? null : puller.apply(id);
    }
  }

  /// Finds the functions, databases and patterns that `:find` names; fails when there is one
  /// missing.
  ///
  /// @param byColumns whether aggregates may read columns without making their values
  Results(
      Query query,
      Functions functions,
      FunctionResolver application,
      Map<String, Source> sources,
      Map<Symbol, Object> patterns,
      Budget budget,
      Shaping shaping,
      boolean byColumns) {
    this.query = query;
    this.budget = budget;
    this.shaping = shaping;
    this.byColumns = byColumns;
    int count = query.find().size();
    aggregates = new Invocable[count];
    pulls = new PullColumn[count];
    boolean some = false;
    for (int i = 0; i < count; i++) {
      switch (query.find().get(i)) {
        case Aggregate aggregate -> aggregates[i] = aggregate(aggregate.name(), functions);
        case FindElement.Pull pull -> {
          pulls[i] = pull(pull, application, sources, patterns);
          some = true;
        }
        case Plain ignored -> {}
      }
    }
    isPulled = some;
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
    PullPattern parsed = Pull.pattern(pattern, database.schema());
    Set<Keyword> cut = new LinkedHashSet<>();
    return new PullColumn(
        database, pattern, parsed, Pull.puller(database, parsed, application, cut::add), cut);
  }

  /// @param counted the groups of the rows, when these are all that there is of them
  /// @param offset rows to skip; negative for none
  /// @param limit rows to return; negative for all
  @Nullable Object of(Relation found, @Nullable Groups counted, long offset, long limit) {
    if (!shaping.isTold()) {
      return made(found, counted, offset, limit);
    }
    return shaping.<@Nullable Object>as(
        Operator.Way.RESULT,
        this::findForm,
        found.count(),
        query.find().size(),
        result -> switch (query.shape()) {
          case RELATION, COLLECTION -> result instanceof List<?> rows ? rows.size() : 0;
          case TUPLE, SCALAR -> result == null ? 0 : 1;
        },
        () -> made(found, counted, offset, limit));
  }

  private @Nullable Object made(Relation found, @Nullable Groups counted, long offset, long limit) {
    if (isGrouped()) {
      List<@Nullable Object[]> groups = groups(found, counted);
      Cut cut = Cut.of(groups.size(), offset, limit);
      return of(cut.count(), i -> groups.get(cut.from() + i));
    }
    Cut cut = Cut.of(found.count(), offset, limit);
    return switch (query.shape()) {
      case RELATION -> new ResultVector(rows(found, cut));
      case COLLECTION -> new ResultVector(values(found, cut));
      case TUPLE, SCALAR -> {
        int[] columns = columns(found);
        yield of(cut.count(), i -> row(found, columns, cut.from() + i));
      }
    };
  }

  private @Nullable Object of(int count, IntFunction<@Nullable Object[]> rows) {
    return switch (query.shape()) {
      case RELATION -> {
        @Nullable Object[] result = new Object[count];
        for (int i = 0; i < count; i++) {
          result[i] = named(pulled(rows.apply(i)));
        }
        yield new ResultVector(result);
      }
      case COLLECTION -> {
        @Nullable Object[] result = new Object[count];
        for (int i = 0; i < count; i++) {
          result[i] = pulled(rows.apply(i))[0];
        }
        yield new ResultVector(result);
      }
      case TUPLE -> count == 0 ? null : named(pulled(rows.apply(0)));
      case SCALAR -> count == 0 ? null : pulled(rows.apply(0))[0];
    };
  }

  /// Rows from a position, as many as were asked for and are there.
  private record Cut(int from, int count) {
    static Cut of(int rowCount, long offset, long limit) {
      int from = (int) Math.min(Math.max(0, offset), rowCount);
      int count = limit < 0 ? rowCount - from : (int) Math.min(rowCount - from, limit);
      return new Cut(from, count);
    }
  }

  /// The same rows or values, each made and pulled when it is read.
  List<@Nullable Object> lazily(Relation found, @Nullable Groups counted, long offset, long limit) {
    boolean single = query.shape() == Query.Shape.COLLECTION;
    if (!single && query.shape() != Query.Shape.RELATION) {
      throw Forms.mistake(
          "qseq was asked for a single row or value.",
          "Expected :find of rows, or of the values [?x ...] of one column.",
          "Use q.");
    }
    int[] columns = columns(found);
    List<@Nullable Object[]> groups = isGrouped() ? groups(found, counted) : List.of();
    Cut cut = Cut.of(isGrouped() ? groups.size() : found.count(), offset, limit);
    return new LazyRows(cut.count(), i -> {
      int at = cut.from() + i;
      @Nullable
      Object[] pulled = pull(isGrouped() ? groups.get(at).clone() : row(found, columns, at));
      return single ? pulled[0] : named(pulled);
    });
  }

  /// How many of the rows found can be part of the result: the first ones.
  ///
  /// @param offset rows to skip; negative for none
  /// @param limit rows to return; negative for all
  long enough(long offset, long limit) {
    boolean single = query.shape() == Query.Shape.TUPLE || query.shape() == Query.Shape.SCALAR;
    if (isGrouped() || limit < 0 && !single) {
      return Long.MAX_VALUE;
    }
    long count = single ? 1 : Math.max(1, limit);
    long skipped = Math.max(0, offset);
    return skipped > Long.MAX_VALUE - count ? Long.MAX_VALUE : skipped + count;
  }

  /// Whether nothing is asked of groups but how many rows they have.
  boolean counts() {
    for (int i = 0; i < aggregates.length; i++) {
      if (aggregates[i] != null
          && !(aggregates[i] == Aggregates.find("count")
              && query.find().get(i) instanceof Aggregate element
              && element.constants().isEmpty())) {
        return false;
      }
    }
    return isGrouped();
  }

  /// The variables that the rows of a group agree on.
  Set<Variable> keys() {
    Set<Variable> keys = new LinkedHashSet<>();
    for (int i = 0; i < aggregates.length; i++) {
      if (aggregates[i] == null) {
        keys.add(query.find().get(i).variable());
      }
    }
    return keys;
  }

  private boolean isGrouped() {
    for (Invocable aggregate : aggregates) {
      if (aggregate != null) {
        return true;
      }
    }
    return false;
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

  /// What is made of the values of a row.
  private enum Form {
    /// The only one itself.
    VALUE,
    /// A vector of few values.
    VECTOR,
    NAMED
  }

  /// Rows as the caller gets them.
  private @Nullable Object[] rows(Relation found, Cut cut) {
    int[] columns = columns(found);
    return made(
        found,
        columns,
        cut,
        columns.length <= VECTOR_TAIL && query.names().isEmpty() ? Form.VECTOR : Form.NAMED);
  }

  /// The values of the only column.
  private @Nullable Object[] values(Relation found, Cut cut) {
    return made(found, columns(found), cut, Form.VALUE);
  }

  /// Makes rows of one column or more, several at a time where that is worth it. A pull isn't: it
  /// may call functions.
  ///
  private @Nullable Object[] made(Relation found, int[] columns, Cut cut, Form form) {
    @Nullable Object[] result = new Object[cut.count()];
    int parts = isPulled ? 1 : budget.workers().parts(result.length, ROW_NANOS);
    budget
        .workers()
        .run(
            budget,
            parts,
            (part, own) -> make(
                found,
                columns,
                cut.from(),
                (int) ((long) result.length * part / parts),
                (int) ((long) result.length * (part + 1) / parts),
                form,
                result,
                own));
    return result;
  }

  /// Makes some of the rows. Values are made column by column, in blocks that stay near.
  private void make(
      Relation found,
      int[] columns,
      int offset,
      int from,
      int to,
      Form form,
      @Nullable Object[] result,
      Budget own) {
    @Nullable Object[][] cells = new Object[columns.length][Math.min(BLOCK_ROWS, to - from)];
    for (int start = from; start < to; start += BLOCK_ROWS) {
      own.check();
      int count = Math.min(BLOCK_ROWS, to - start);
      fill(found, columns, offset + start, count, cells);
      if (form == Form.VALUE) {
        System.arraycopy(cells[0], 0, result, start, count);
        continue;
      }
      for (int i = 0; i < count; i++) {
        @Nullable Object[] row = new Object[cells.length];
        for (int column = 0; column < cells.length; column++) {
          row[column] = cells[column][i];
        }
        result[start + i] = form == Form.VECTOR ? PersistentVector.adopt(row) : named(row);
      }
    }
  }

  /// Fills columns of values, pulled where that is asked.
  private void fill(
      Relation found, int[] columns, int from, int count, @Nullable Object[][] cells) {
    for (int column = 0; column < columns.length; column++) {
      found.fill(columns[column], from, count, cells[column]);
    }
    for (int column = 0; isPulled && column < columns.length; column++) {
      PullColumn pull = pulls[column];
      if (pull != null) {
        @Nullable Object[] of = cells[column];
        FindElement element = query.find().get(column);
        shaping.as(
            Operator.Way.PULL,
            () -> findForm(element),
            count,
            1,
            pulled -> pulled,
            () -> pullAll(pull, of, count));
      }
    }
  }

  private int pullAll(PullColumn pull, @Nullable Object[] cells, int count) {
    for (int i = 0; i < count; i++) {
      budget.check();
      cells[i] = pull.of(cells[i]);
    }
    return count;
  }

  /// `[:find …]`, with `:with` where there is one.
  private Object findForm() {
    List<@Nullable Object> form = new ArrayList<>();
    form.add(Keyword.intern("find"));
    query.find().forEach(element -> form.add(findForm(element)));
    addWith(form);
    return Persistent.vector(form);
  }

  /// What rows of a group agree on, as `[:find ?age :with ?e]`.
  private Object groupForm() {
    List<@Nullable Object> form = new ArrayList<>();
    form.add(Keyword.intern("find"));
    keys().forEach(variable -> form.add(Symbol.intern(variable.name())));
    addWith(form);
    return Persistent.vector(form);
  }

  private void addWith(List<@Nullable Object> form) {
    if (!query.with().isEmpty()) {
      form.add(Keyword.intern("with"));
      query.with().forEach(variable -> form.add(Symbol.intern(variable.name())));
    }
  }

  private static Object findForm(FindElement element) {
    Symbol variable = Symbol.intern(element.variable().name());
    return switch (element) {
      case Plain ignored -> variable;
      case Aggregate aggregate -> {
        List<@Nullable Object> form = new ArrayList<>();
        form.add(aggregate.name());
        form.addAll(aggregate.constants());
        form.add(variable);
        yield Persistent.list(form);
      }
      case FindElement.Pull pull ->
        Persistent.list(Arrays.asList(
            Symbol.intern("pull"),
            variable,
            switch (pull.pattern()) {
              case FindElement.PullPattern.Literal(Object edn) -> edn;
              case FindElement.PullPattern.Input(Symbol name) -> name;
            }));
    };
  }

  private static @Nullable Object[] row(Relation found, int[] columns, int row) {
    @Nullable Object[] values = new Object[columns.length];
    for (int i = 0; i < columns.length; i++) {
      values[i] = found.value(row, columns[i]);
    }
    return values;
  }

  private int[] columns(Relation found) {
    int[] columns = new int[query.find().size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = found.variables().indexOf(query.find().get(i).variable());
    }
    return columns;
  }

  /// A row of values for each group, not pulled yet.
  private List<@Nullable Object[]> groups(Relation found, @Nullable Groups counted) {
    int[] columns = columns(found);
    int[] keys = IntStream.range(0, columns.length)
        .filter(i -> aggregates[i] == null)
        .map(i -> columns[i])
        .distinct()
        .toArray();
    Groups groups = counted != null
        ? counted
        : shaping.as(
            Operator.Way.AGGREGATE,
            this::groupForm,
            found.count(),
            keys.length,
            Groups::count,
            () -> Groups.of(found, keys, budget));
    List<@Nullable Object[]> results = new ArrayList<>(groups.count());
    for (int group = 0; group < groups.count(); group++) {
      results.add(new Object[columns.length]);
    }
    for (int i = 0; i < columns.length; i++) {
      int index = i;
      @Nullable Object[] values = aggregates[i] == null
          ? column(groups, i, columns[i])
          : shaping.as(
              Operator.Way.AGGREGATE,
              () -> findForm(query.find().get(index)),
              found.count(),
              1,
              made -> made.length,
              () -> column(groups, index, columns[index]));
      for (int group = 0; group < values.length; group++) {
        results.get(group)[i] = values[group];
      }
    }
    return results;
  }

  /// What a column of the result has for each group.
  private @Nullable Object[] column(Groups groups, int index, int column) {
    @Nullable Object[] values = new Object[groups.count()];
    Invocable aggregate = aggregates[index];
    if (aggregate == null || !(query.find().get(index) instanceof Aggregate element)) {
      for (int group = 0; group < values.length; group++) {
        values[group] = groups.key(group, column);
      }
      return values;
    }
    boolean isBuiltin = aggregate == Aggregates.find(element.name().getName());
    if (isBuiltin && byColumns) {
      @Nullable Object @Nullable [] typed = new GroupAggregates(groups, budget)
          .of(element.name().getName(), element.constants(), column);
      if (typed != null) {
        return typed;
      }
    }
    for (int group = 0; group < values.length; group++) {
      budget.check();
      List<@Nullable Object> members = groups.values(group, column);
      List<@Nullable Object> args = new ArrayList<>(element.constants());
      args.add(isBuiltin ? members : PersistentVector.create(members));
      values[group] = Functions.call(aggregate, args.toArray(), form(element));
    }
    return values;
  }

  private static Object form(FindElement element) {
    return element instanceof Aggregate aggregate
        ? Symbol.intern("(" + aggregate.name() + " " + aggregate.variable() + ")")
        : Symbol.intern(element.variable().name());
  }

  private @Nullable Object[] pulled(@Nullable Object[] row) {
    if (!isPulled) {
      budget.tick();
      return row;
    }
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

  private Object named(@Nullable Object[] values) {
    Optional<List<Object>> names = query.names();
    return names.isPresent()
        ? new NamedRow(names.get(), Arrays.asList(values))
        : values.length <= VECTOR_TAIL
            ? PersistentVector.adopt(values)
            : Objects.requireNonNull(PersistentVector.create(Arrays.asList(values)));
  }
}
