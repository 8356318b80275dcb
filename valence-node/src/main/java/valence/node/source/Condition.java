package valence.node.source;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import valence.api.Attribute;
import valence.api.Datom;
import valence.api.Db;
import valence.api.LogEntry;
import valence.edn.Persistent;
import valence.wire.ion.Origin;

/// The condition of a trigger: which rows of a transaction are new.
///
/// Clauses are about the database after the transaction, `$`, and its facts, `$new`: rows `[entity
/// attribute value tx added]` with the attribute's ident. Where no clause names `$new`, a row is
/// found when all of the clauses hold after the transaction and one of the patterns is met by a
/// fact that it added. That is asked pattern by pattern, so that each query begins with the few
/// facts of the transaction. For one thread.
final class Condition {
  private static final Symbol DB = Symbol.intern("$");
  private static final Symbol NEW = Symbol.intern("$new");
  private static final Symbol RULES = Symbol.intern("%");
  private static final Keyword IDENT = kw("db/ident");

  /// Which part of a pattern an index is, the source left out.
  private static final int ENTITY = 0;

  private static final int ATTRIBUTE = 1;
  private static final int VALUE = 2;

  private final Origin.Trigger trigger;
  private final List<Object> find;
  private final boolean isExplicit;
  private final boolean isAnyAttribute;
  private final Set<Keyword> attributes = new HashSet<>();
  private final Map<Long, @Nullable Object> idents = new HashMap<>();

  Condition(Origin.Trigger trigger) {
    this.trigger = trigger;
    this.isExplicit = mentions(trigger.where(), NEW);
    this.find = trigger.find().isEmpty() ? variables(trigger.where()) : trigger.find();
    List<List<?>> patterns = new ArrayList<>();
    if (isExplicit) {
      explicitPatterns(trigger.where(), patterns);
    } else {
      trigger.where().stream()
          .filter(Condition::isPattern)
          .forEach(each -> patterns.add((List<?>) each));
    }
    boolean any = patterns.isEmpty();
    for (List<?> pattern : patterns) {
      int at = ATTRIBUTE + (isExplicit ? 1 : 0);
      if (pattern.size() > at && pattern.get(at) instanceof Keyword attribute) {
        attributes.add(attribute);
      } else {
        any = true;
      }
    }
    this.isAnyAttribute = any;
  }

  /// The rows of a transaction, each once; mostly none.
  ///
  /// @param after asked for only when there may be some
  List<List<?>> rows(LogEntry entry, Db now, java.util.function.Supplier<Db> after) {
    if (!concerns(entry, now)) {
      return List.of();
    }
    Db db = after.get();
    List<List<@Nullable Object>> facts = new ArrayList<>();
    for (Datom datom : entry.data()) {
      if (isExplicit || datom.added()) {
        List<@Nullable Object> fact = new ArrayList<>(5);
        fact.add(datom.e());
        fact.add(ident(db, datom.a()));
        fact.add(datom.v());
        fact.add(datom.tx());
        fact.add(datom.added());
        facts.add(fact);
      }
    }
    Set<List<?>> rows = new LinkedHashSet<>();
    if (isExplicit) {
      rows.addAll(ask(db, facts, trigger.where()));
      return List.copyOf(rows);
    }
    for (int i = 0; i < trigger.where().size(); i++) {
      if (isPattern(trigger.where().get(i))) {
        Optional<Object> pattern = ofNew(db, (List<?>) trigger.where().get(i));
        if (pattern.isPresent()) {
          List<Object> where = new ArrayList<>(trigger.where());
          where.set(i, pattern.get());
          rows.addAll(ask(db, facts, where));
        }
      }
    }
    return List.copyOf(rows);
  }

  /// Whether a transaction says anything of an attribute of the condition: found without a query.
  private boolean concerns(LogEntry entry, Db now) {
    for (Datom datom : entry.data()) {
      if (IDENT.equals(ident(now, datom.a()))) {
        idents.clear(); // an attribute may have another name from now on
        break;
      }
    }
    if (isAnyAttribute) {
      return true;
    }
    for (Datom datom : entry.data()) {
      if (ident(now, datom.a()) instanceof Keyword name && attributes.contains(name)) {
        return true;
      }
    }
    return false;
  }

  private @Nullable Object ident(Db db, long attribute) {
    return idents.computeIfAbsent(attribute, db::ident);
  }

  private Collection<List<?>> ask(Db db, List<?> facts, List<Object> where) {
    Map<Keyword, Object> query = new LinkedHashMap<>();
    List<Object> in = new ArrayList<>(List.of(DB, NEW));
    List<Object> inputs = new ArrayList<>(List.of(facts));
    if (!trigger.rules().isEmpty()) {
      in.add(RULES);
      inputs.add(trigger.rules());
    }
    query.put(kw("find"), find);
    query.put(kw("in"), in);
    query.put(kw("where"), where);
    return db.q(query, inputs.toArray());
  }

  /// A pattern asked of the transaction's facts; empty when it names an entity that isn't there.
  private static Optional<Object> ofNew(Db db, List<?> pattern) {
    List<@Nullable Object> asked = new ArrayList<>();
    asked.add(NEW);
    int from = pattern.getFirst() instanceof Symbol source && source.equals(DB) ? 1 : 0;
    for (int i = from; i < pattern.size(); i++) {
      Object part = pattern.get(i);
      int at = i - from;
      boolean isReference = at == ENTITY
          || at == VALUE
              && pattern.get(from + ATTRIBUTE) instanceof Keyword attribute
              && isRef(db, attribute);
      if (isReference && (part instanceof Keyword || part instanceof List)) {
        OptionalLong entity = db.entid(part);
        if (entity.isEmpty()) {
          return Optional.empty();
        }
        part = entity.getAsLong();
      }
      asked.add(part);
    }
    return Optional.of(Persistent.vector(asked));
  }

  private static boolean isRef(Db db, Keyword attribute) {
    return db.attribute(attribute)
        .map(Attribute::valueType)
        .filter(type -> type.equals(kw("db.type/ref")))
        .isPresent();
  }

  /// Whether a clause is a pattern of the database.
  private static boolean isPattern(Object clause) {
    if (!(clause instanceof List<?> parts) || parts.isEmpty()) {
      return false;
    }
    return switch (parts.getFirst()) {
      case Symbol first
      when first.equals(DB) ->
        parts.size() > 1 && !(parts.get(1) instanceof Symbol second && !isVariableOrBlank(second));
      case Symbol first -> isVariableOrBlank(first);
      case List<?> call -> isLookup(call);
      case null -> false;
      default -> true;
    };
  }

  private static boolean isLookup(List<?> list) {
    return list.size() == 2 && list.getFirst() instanceof Keyword;
  }

  private static boolean isVariableOrBlank(Symbol symbol) {
    return symbol.getName().startsWith("?") || symbol.getName().equals("_");
  }

  /// The patterns that begin with `$new`, however deep.
  private static void explicitPatterns(Object form, List<List<?>> into) {
    if (form instanceof List<?> list) {
      if (!list.isEmpty() && NEW.equals(list.getFirst())) {
        into.add(list);
      } else {
        list.forEach(each -> {
          if (each != null) {
            explicitPatterns(each, into);
          }
        });
      }
    }
  }

  private static boolean mentions(@Nullable Object form, Symbol symbol) {
    return symbol.equals(form)
        || form instanceof Collection<?> many
            && many.stream().anyMatch(each -> mentions(each, symbol));
  }

  /// The variables of patterns, and those that functions bind, in their order.
  private static List<Object> variables(List<Object> where) {
    Set<Object> variables = new LinkedHashSet<>();
    for (Object clause : where) {
      if (clause instanceof List<?> parts
          && !parts.isEmpty()
          && !(parts.getFirst() instanceof Symbol head
              && (head.getName().startsWith("not") || head.getName().startsWith("or")))) {
        boolean isCall = parts.getFirst() instanceof List<?> call && !isLookup(call);
        for (int i = isCall ? 1 : 0; i < parts.size(); i++) {
          collect(parts.get(i), variables);
        }
      }
    }
    return new ArrayList<>(variables);
  }

  private static void collect(@Nullable Object form, Set<Object> variables) {
    if (form instanceof Symbol symbol && symbol.getName().startsWith("?")) {
      variables.add(symbol);
    } else if (form instanceof Collection<?> many) {
      many.forEach(each -> collect(each, variables));
    }
  }
}
