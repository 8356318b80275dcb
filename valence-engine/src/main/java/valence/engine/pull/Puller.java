package valence.engine.pull;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.engine.db.Database;
import valence.engine.function.AppFunction;
import valence.engine.function.CallLimit;
import valence.engine.function.FunctionResolver;
import valence.engine.index.Batch;
import valence.engine.index.Bound;
import valence.engine.index.Cursor;
import valence.engine.index.Facts;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.pull.PullPattern.Id;
import valence.engine.pull.PullPattern.Selection;
import valence.engine.pull.PullPattern.Spec;
import valence.engine.pull.PullPattern.Target;
import valence.engine.pull.PullPattern.Wildcard;
import valence.engine.schema.Attribute;
import valence.engine.schema.Schema;

/// Evaluates patterns of one database value. For one thread; keeps the functions it has resolved.
///
/// Two rules end a recursion: the depth written in the pattern, counted for each recursive key
/// along the path, and an entity that is on its own path. Where recursion ends, the entity still
/// shows what isn't recursive, and its recursive keys show bare ids if the pattern selects
/// `:db/id`, else nothing. Components that own each other end in a bare id as well.
final class Puller {
  /// Maps within maps: as deep as EDN text may nest, and within a stack of 1 MiB with room for
  /// callers.
  static final int DEPTH_MAX = 500;

  /// Entities visited for one pull; a dense graph has more paths than any memory.
  static final int ENTITIES_MAX = 1_000_000;

  /// Of an entity with more rows, single values are better sought one by one.
  private static final int ROWS_TOGETHER_MAX = 64;

  /// So often, a pattern within another is pulled before what it shows is kept.
  private static final int NESTINGS_MIN = 8;

  private static final @Nullable Object[] NOTHING = new Object[0];
  private static final long WILDCARD_LIMIT = PatternParser.LIMIT_DEFAULT;
  private static final Keyword ID = Keyword.intern("db", "id");
  private static final Keyword IDENT = Keyword.intern("db", "ident");

  private final Database db;
  private final Schema schema;
  private final FunctionResolver functions;
  private final Map<Symbol, AppFunction> xforms = new HashMap<>();
  private final Consumer<Keyword> cut;
  private @Nullable Shown @Nullable [] shown; // null while few patterns within others were pulled
  private int nestings;
  private int entities;

  Puller(Database db, FunctionResolver functions) {
    this(db, functions, _ -> {});
  }

  /// @param cut told the attributes of which values were left out by a limit that nobody wrote
  Puller(Database db, FunctionResolver functions, Consumer<Keyword> cut) {
    this.db = db;
    this.schema = db.schema();
    this.functions = functions;
    this.cut = cut;
  }

  /// An entity at which a pattern stands, and those above from which recursions were followed to
  /// it, by this pattern or by those around it: a recursion within a recursion ends where either
  /// would come round.
  ///
  /// @param remaining for each recursion of the pattern, how often it may still be followed
  private record Step(long entity, @Nullable Step above, long[] remaining) {
    private static final long[] NO_RECURSION = {};

    /// Where a pattern begins.
    static Step first(PullPattern pattern, long entity, @Nullable Step above) {
      if (pattern.recursions() == 0) {
        return new Step(entity, above, NO_RECURSION);
      }
      long[] remaining = new long[pattern.recursions()];
      for (Spec spec : pattern.specs()) {
        if (spec instanceof Selection selection
            && selection.target() instanceof Target.Recursion recursion) {
          remaining[recursion.index()] = recursion.depth();
        }
      }
      return new Step(entity, above, remaining);
    }

    Step next(Target.Recursion recursion, long target) {
      long[] less = remaining.clone();
      if (recursion.depth() != Target.Recursion.UNBOUNDED) {
        less[recursion.index()]--;
      }
      return new Step(target, this, less);
    }

    boolean isCycle() {
      for (Step step = above; step != null; step = step.above) {
        if (step.entity == entity) {
          return true;
        }
      }
      return false;
    }
  }

  /// What a pattern within another has shown of an entity.
  ///
  /// @param entities visited for it
  private record Shown(
      PullPattern pattern, long entity, @Nullable Map<Object, Object> map, int entities) {
    static final int SLOTS = 1 << 8;
    static final long FACTOR = 0x9E3779B97F4A7C15L; // 2^64 over the golden ratio
    static final int SHIFT = 64 - 8;

    static int slot(PullPattern pattern, long entity) {
      long mixed = (entity + System.identityHashCode(pattern)) * FACTOR;
      return (int) (mixed >>> SHIFT);
    }
  }

  /// An entity whose components are being shown, and its own owners.
  private record Owner(long entity, @Nullable Owner above) {
    boolean has(long component) {
      for (Owner owner = this; owner != null; owner = owner.above) {
        if (owner.entity == component) {
          return true;
        }
      }
      return false;
    }
  }

  /// What the pattern selects of an entity; null when that is nothing.
  ///
  /// @param entity [Schema#NONE] for one that isn't there
  @Nullable Map<Object, Object> pull(PullPattern pattern, long entity) {
    entities = 0;
    return pull(pattern, entity, Step.first(pattern, entity, null), 0);
  }

  private @Nullable Map<Object, Object> pull(
      PullPattern pattern, long entity, Step step, int depth) {
    enter(depth);
    CallLimit.tick();
    @Nullable Object[] singles = singles(pattern, entity);
    if (pattern.singles().all() && singles.length > 0) {
      return plain(pattern, singles);
    }
    boolean ended = pattern.recursions() > 0 && step.isCycle();
    Results shown = new Results();
    boolean hasNamedId = false;
    for (int i = 0; i < pattern.specs().size(); i++) {
      switch (pattern.specs().get(i)) {
        case Id(Object key, Symbol xform) -> {
          hasNamedId = true;
          Object id = id(entity);
          shown.put(key, xform == null ? id : transform(xform, id));
        }
        case Selection selection -> {
          boolean stops = selection.target() instanceof Target.Recursion recursion
              && (ended || step.remaining()[recursion.index()] == 0);
          if (singles.length > 0 && pattern.singles().attributes()[i] >= 0) {
            show(shown, selection, single(selection, singles[i], step, depth));
          } else if (!stops || pattern.hasId()) {
            Object value =
                entity == Schema.NONE ? null : read(selection, entity, pattern, step, stops, depth);
            show(shown, selection, value);
          }
        }
      }
    }
    if (pattern.wildcard() != Wildcard.NONE) {
      boolean strings = pattern.wildcard() == Wildcard.STRINGS;
      if (!hasNamedId) {
        shown.put(key(ID, strings), id(entity));
      }
      everything(shown, pattern, entity, strings, null, depth);
    }
    return shown.isEmpty() ? null : shown.map();
  }

  /// What is shown of a single value: of a scalar itself.
  private @Nullable Object single(
      Selection selection, @Nullable Object value, Step step, int depth) {
    if (value == null || !selection.attribute().isRef()) {
      return value;
    }
    long target = (Long) value;
    return selection.target() instanceof Target.Nested(PullPattern nested)
        ? nested(nested, target, step, depth)
        : bare(target, false);
  }

  private static @Nullable Object id(long entity) {
    return entity == Schema.NONE ? null : (Long) entity;
  }

  /// What a pattern within another selects of an entity. Outside of recursions that depends on
  /// nothing else, so what was last shown of it is shown again: many entities refer to few.
  private @Nullable Map<Object, Object> nested(
      PullPattern pattern, long target, Step step, int depth) {
    if (step.above() != null || target == Schema.NONE) {
      return pull(pattern, target, Step.first(pattern, target, step.above()), depth + 1);
    }
    if (++nestings <= NESTINGS_MIN) {
      return pull(pattern, target, Step.first(pattern, target, null), depth + 1);
    }
    @Nullable Shown[] slots = shown == null ? new Shown[Shown.SLOTS] : shown;
    shown = slots;
    int slot = Shown.slot(pattern, target);
    Shown known = slots[slot];
    if (known != null && known.entity == target && known.pattern == pattern) {
      visit(known.entities, depth);
      return known.map;
    }
    int before = entities;
    Map<Object, Object> map = pull(pattern, target, Step.first(pattern, target, null), depth + 1);
    slots[slot] = new Shown(pattern, target, map, entities - before);
    return map;
  }

  private void enter(int depth) {
    visit(1, depth);
  }

  private void visit(int count, int depth) {
    entities += count;
    if (depth > DEPTH_MAX || entities > ENTITIES_MAX) {
      throw Anomaly.incorrect(
              "db.error/pull-too-large",
              depth > DEPTH_MAX
                  ? "A pull goes more than " + DEPTH_MAX + " entities deep."
                  : "A pull visits more than " + ENTITIES_MAX + " entities.",
              "Expected less, so that one pull does not take all memory.",
              "Limit the recursion or the values, or use a query.")
          .toException();
    }
  }

  /// The single values of an entity that a pattern shows, by spec; an empty array when they are
  /// none, or when reading them together doesn't pay.
  private @Nullable Object[] singles(PullPattern pattern, long entity) {
    Singles singles = pattern.singles();
    if (singles.count() == 0 || entity == Schema.NONE) {
      return NOTHING;
    }
    Together together = new Together(pattern);
    if (db.visit(entity, together) && !together.several) {
      return together.found;
    }
    Bound bound = singles.count() == 1 ? Bound.ea(entity, singles.only()) : Bound.e(entity);
    Cursor cursor = db.cursor(Order.EAVT, Range.prefix(bound), Batch.A | Batch.V);
    @Nullable Object[] found = new Object[singles.attributes().length];
    int rows = 0;
    while (cursor.next()) {
      Batch batch = cursor.batch();
      rows += batch.count();
      if (rows > ROWS_TOGETHER_MAX) {
        return NOTHING;
      }
      for (int i = batch.start; i < batch.end; i++) {
        int spec = singles.spec(batch.a[i]);
        if (spec >= 0 && found[spec] == null) {
          found[spec] = db.value(batch.a[i], batch.v[i], batch.object(i));
        }
      }
    }
    return found;
  }

  /// Collects the single values of an entity that a pattern shows.
  private static final class Together implements Facts {
    private final PullPattern pattern;
    private final @Nullable Object[] found;

    /// Whether an attribute had more than one value: then the first is to be shown, in order.
    private boolean several;

    Together(PullPattern pattern) {
      this.pattern = pattern;
      this.found = new Object[pattern.specs().size()];
    }

    @Override
    public boolean wants(int attribute) {
      return pattern.singles().spec(attribute) >= 0;
    }

    @Override
    public void fact(int attribute, long key, @Nullable Object object) {
      int spec = pattern.singles().spec(attribute);
      several |= found[spec] != null;
      found[spec] = object == null
          ? ((Selection) pattern.specs().get(spec)).attribute().type().ofKey(key)
          : object;
    }
  }

  /// What a pattern of scalars alone shows.
  private static @Nullable Map<Object, Object> plain(
      PullPattern pattern, @Nullable Object[] singles) {
    @Nullable Object[] items = new Object[2 * singles.length];
    int count = 0;
    for (int i = 0; i < singles.length; i++) {
      Selection selection = (Selection) pattern.specs().get(i);
      Object visible = singles[i] == null ? selection.fallback() : singles[i];
      if (visible != null) {
        items[count++] = selection.key();
        items[count++] = visible;
      }
    }
    return count == 0 ? null : Results.map(items, count);
  }

  /// Adds what one spec shows.
  private void show(Results shown, Selection selection, @Nullable Object value) {
    Symbol xform = selection.xform();
    if (xform != null) {
      // Called with nil for a missing value, whatever the default.
      shown.put(selection.key(), transform(xform, value));
      return;
    }
    Object visible = value == null ? selection.fallback() : value;
    if (visible != null) {
      shown.put(selection.key(), visible);
    }
  }

  /// @param pattern in which the spec stands
  /// @param step    where the entity stands in the recursions of the pattern
  /// @param stops   whether the spec is a recursion that isn't followed further
  private @Nullable Object read(
      Selection selection, long entity, PullPattern pattern, Step step, boolean stops, int depth) {
    int a = selection.attribute().id();
    Cursor cursor = selection.reverse()
        ? db.cursor(Order.VAET, Range.prefix(Bound.va(entity, a)))
        : db.cursor(Order.EAVT, Range.prefix(Bound.ea(entity, a)));
    boolean many = selection.many();
    long limit = many ? selection.limit() : 1;
    long taken = 0;
    Results values = new Results();
    while (cursor.next()) {
      if (taken >= limit) {
        tellCut(selection, limit);
        break;
      }
      Batch batch = cursor.batch();
      for (int i = batch.start; i < batch.end; i++) {
        if (taken >= limit) {
          tellCut(selection, limit);
          return values.isEmpty() ? null : values.vector();
        }
        taken++;
        Object value = value(selection, batch, i, entity, pattern, step, stops, depth);
        if (value != null) {
          if (!many) {
            return value;
          }
          values.add(value);
        }
      }
    }
    return values.isEmpty() ? null : values.vector();
  }

  private void tellCut(Selection selection, long limit) {
    if (selection.many() && limit == PatternParser.LIMIT_DEFAULT) {
      cut.accept(selection.attribute().ident());
    }
  }

  /// What is shown of the value of a row; null for nothing.
  private @Nullable Object value(
      Selection selection,
      Batch batch,
      int row,
      long entity,
      PullPattern pattern,
      Step step,
      boolean stops,
      int depth) {
    Attribute attribute = selection.attribute();
    // A value that is no reference names no entity: a pattern shows of it what it shows of none.
    long target =
        selection.reverse() ? batch.e[row] : attribute.isRef() ? batch.v[row] : Schema.NONE;
    return switch (selection.target()) {
      case Target.Whole() ->
        selection.reverse()
            ? bare(target, false)
            : whole(attribute, batch, row, entity, false, null, depth);
      case Target.Nested(PullPattern nested) -> nested(nested, target, step, depth);
      case Target.Recursion recursion -> {
        if (target == Schema.NONE) {
          yield null;
        }
        yield stops
            ? bareId(target)
            : pull(pattern, target, step.next(recursion, target), depth + 1);
      }
    };
  }

  /// A value as it is: a scalar, a component with all that it has, or the id and ident of an
  /// entity.
  ///
  /// @param owners of the entity, when it is itself shown as a component
  private Object whole(
      Attribute attribute,
      Batch batch,
      int row,
      long entity,
      boolean strings,
      @Nullable Owner owners,
      int depth) {
    if (!attribute.isRef()) {
      return db.value(attribute.id(), batch.v[row], batch.object(row));
    }
    long target = batch.v[row];
    if (!attribute.component()) {
      return bare(target, strings);
    }
    Owner owner = new Owner(entity, owners);
    if (owner.has(target)) {
      return bare(target, strings);
    }
    enter(depth + 1);
    Results shown = new Results();
    shown.put(key(ID, strings), target);
    everything(shown, null, target, strings, owner, depth + 1);
    return shown.map();
  }

  private static Map<Object, Object> bareId(long entity) {
    Results shown = new Results();
    shown.add(ID);
    shown.add(entity);
    return shown.map();
  }

  private Map<Object, Object> bare(long entity, boolean strings) {
    Results shown = new Results();
    shown.put(key(ID, strings), entity);
    Keyword ident = schema.ident(entity);
    if (ident != null) {
      shown.put(key(IDENT, strings), ident);
    }
    return shown.map();
  }

  private static Object key(Keyword keyword, boolean strings) {
    return strings ? keyword.toString() : keyword;
  }

  /// The values of one attribute, as a wildcard reads them.
  private static final class Run {
    private final Attribute attribute;
    private final long limit;
    private final Results values = new Results();

    Run(Attribute attribute, long limit) {
      this.attribute = attribute;
      this.limit = limit;
    }

    void show(Results shown, boolean strings) {
      if (!values.isEmpty()) {
        shown.put(
            key(attribute.ident(), strings), attribute.many() ? values.vector() : values.first());
      }
    }
  }

  /// Adds every attribute that the entity has, save those that the pattern names.
  private void everything(
      Results shown,
      @Nullable PullPattern pattern,
      long entity,
      boolean strings,
      @Nullable Owner owners,
      int depth) {
    if (entity == Schema.NONE) {
      return;
    }
    Run run = null;
    Cursor cursor = db.cursor(Order.EAVT, Range.prefix(Bound.e(entity)));
    while (cursor.next()) {
      Batch batch = cursor.batch();
      for (int i = batch.start; i < batch.end; i++) {
        int a = batch.a[i];
        if (run == null || run.attribute.id() != a) {
          if (run != null) {
            run.show(shown, strings);
          }
          run = new Run(attribute(a), names(pattern, a) ? 0 : WILDCARD_LIMIT);
        }
        if (run.values.count() == run.limit) { // on to the next attribute
          if (run.limit > 0) {
            cut.accept(run.attribute.ident());
          }
          cursor =
              db.cursor(Order.EAVT, new Range(Bound.ea(entity, a), false, Bound.e(entity), true));
          break;
        }
        run.values.add(whole(run.attribute, batch, i, entity, strings, owners, depth));
      }
    }
    if (run != null) {
      run.show(shown, strings);
    }
  }

  private Attribute attribute(int id) {
    Attribute attribute = schema.attribute(id);
    if (attribute == null) {
      throw new IllegalStateException("no attribute has id " + id);
    }
    return attribute;
  }

  private static boolean names(@Nullable PullPattern pattern, int attribute) {
    if (pattern != null) {
      for (Spec spec : pattern.specs()) {
        if (spec instanceof Selection selection
            && !selection.reverse()
            && selection.attribute().id() == attribute) {
          return true;
        }
      }
    }
    return false;
  }

  private @Nullable Object transform(Symbol xform, @Nullable Object value) {
    AppFunction function = xforms.get(xform);
    if (function == null) {
      function = Xforms.resolve(xform, functions);
      xforms.put(xform, function);
    }
    try {
      return function.invoke(new @Nullable Object[] {value});
    } catch (AnomalyException anomaly) {
      throw anomaly;
    } catch (Exception failure) {
      throw Anomaly.fault(
              "The :xform " + xform + " failed: " + failure + ".",
              "Expected a value for every input, nil included when an attribute is missing.",
              "Correct the function, or pull the attribute without it.")
          .toException(failure);
    }
  }
}
