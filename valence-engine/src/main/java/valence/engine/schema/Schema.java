package valence.engine.schema;

import clojure.lang.IPersistentMap;
import clojure.lang.Keyword;
import clojure.lang.PersistentHashMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import valence.engine.schema.Attribute.Tuple;

/// Attributes and idents of one database value. Immutable.
///
/// A keyword names the entity that had it most recently, also after the entity was renamed; an
/// entity is called by its newest ident.
public final class Schema {
  /// No entity: ids are never negative.
  public static final long NONE = -1;

  static final Schema EMPTY = new Schema(
      new Attribute[0], List.of(), false, PersistentHashMap.EMPTY, PersistentHashMap.EMPTY);

  private final @Nullable Attribute[] attributes; // by id, never changed
  private final List<List<Attribute>> composites; // by the id of a part; ends at the last part
  private final boolean choosesIndexes; // some user attribute says :db/index true
  private final IPersistentMap entities; // Keyword → Long
  private final IPersistentMap idents; // Named → Keyword

  /// An entity as a key. A bare number would start clojure.core to be hashed.
  private record Named(long entity) {}

  private Schema(
      @Nullable Attribute[] attributes,
      List<List<Attribute>> composites,
      boolean choosesIndexes,
      IPersistentMap entities,
      IPersistentMap idents) {
    this.attributes = attributes;
    this.composites = composites;
    this.choosesIndexes = choosesIndexes;
    this.entities = entities;
    this.idents = idents;
  }

  /// The attribute of an entity id; null when the entity is none.
  public @Nullable Attribute attribute(long id) {
    return id >= 0 && id < attributes.length ? attributes[(int) id] : null;
  }

  /// The attribute that the keyword names; null when it names none.
  public @Nullable Attribute attribute(Keyword ident) {
    return attribute(entity(ident));
  }

  /// The entity that the keyword names, or [#NONE].
  public long entity(Keyword ident) {
    return entities.valAt(ident) instanceof Long entity ? entity : NONE;
  }

  /// The newest ident of the entity; null when it never had one.
  public @Nullable Keyword ident(long entity) {
    return (Keyword) idents.valAt(new Named(entity));
  }

  /// All attributes, by id.
  public List<Attribute> attributes() {
    return Arrays.stream(attributes)
        .filter(Objects::nonNull)
        .map(Objects::requireNonNull)
        .toList();
  }

  /// The composite tuples that an attribute is part of.
  public List<Attribute> compositesOf(int attribute) {
    return attribute < composites.size() ? composites.get(attribute) : List.of();
  }

  /// Whether the datoms of an attribute can be read in the order of their values. All can, until
  /// the schema says `:db/index true` of some attribute of the user's: then it chooses.
  public boolean hasAvet(Attribute attribute) {
    return !choosesIndexes
        || attribute.indexed()
        || attribute.isUnique()
        || attribute.id() < Bootstrap.FIRST_USER_ATTRIBUTE;
  }

  /// Whether an index job may leave out rows of the attribute that are closed. Which of them are
  /// still there is no part of what history promises; open rows always stay.
  public boolean mayForgetPast(int attribute) {
    Attribute of = attribute(attribute);
    return of != null && of.noHistory();
  }

  /// All idents, for suggestions.
  public List<Keyword> idents() {
    List<Keyword> names = new ArrayList<>();
    for (Object entry : (Iterable<?>) entities) {
      names.add((Keyword) ((Map.Entry<?, ?>) entry).getKey());
    }
    return names;
  }

  public Schema withAttribute(Attribute attribute) {
    int id = attribute.id();
    @Nullable Attribute[] more = Arrays.copyOf(attributes, Math.max(attributes.length, id + 1));
    more[id] = attribute;
    boolean composite = attribute.tuple() instanceof Tuple.Composite;
    return new Schema(
        more, composite ? composites(more) : composites, choosesIndexes(more), entities, idents);
  }

  private static boolean choosesIndexes(@Nullable Attribute[] attributes) {
    for (int i = Bootstrap.FIRST_USER_ATTRIBUTE; i < attributes.length; i++) {
      Attribute each = attributes[i];
      if (each != null && each.indexed()) {
        return true;
      }
    }
    return false;
  }

  private static List<List<Attribute>> composites(@Nullable Attribute[] attributes) {
    List<List<Attribute>> byPart = new ArrayList<>();
    for (Attribute each : attributes) {
      if (each != null && each.tuple() instanceof Tuple.Composite(List<Integer> parts)) {
        for (int part : parts) {
          while (byPart.size() <= part) {
            byPart.add(List.of());
          }
          if (!byPart.get(part).contains(each)) {
            List<Attribute> more = new ArrayList<>(byPart.get(part));
            more.add(each);
            byPart.set(part, List.copyOf(more));
          }
        }
      }
    }
    return List.copyOf(byPart);
  }

  public Schema withIdent(long entity, Keyword ident) {
    return new Schema(
        attributes,
        composites,
        choosesIndexes,
        entities.assoc(ident, entity),
        idents.assoc(new Named(entity), ident));
  }

  /// The entity loses its name; the keyword keeps naming it, as after a renaming.
  public Schema withoutIdent(long entity) {
    return new Schema(
        attributes, composites, choosesIndexes, entities, idents.without(new Named(entity)));
  }
}
