package valence.api;

import clojure.lang.Keyword;
import java.util.AbstractMap;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// An entity of a database value as an unmodifiable map, read as it is asked.
///
/// [#get] reads one attribute, by keyword, and keeps what it found:
///
/// | attribute | value |
/// | --- | --- |
/// | a value | the value |
/// | a reference | an `Entity`, or the ident of an entity that has one |
/// | of cardinality many | a `Set` of these |
/// | backwards, `:person/_friend` | a `Set` of `Entity`; one `Entity` when it is the owner |
/// | `:db/id` | the entity id |
/// | absent, or unknown | null |
///
/// The keys are the attributes that the entity has, without `:db/id` and without reversed ones.
/// Two are equal when they are one entity of databases of one name, whatever their basis: unlike
/// other maps they are compared by what they are, not by what they hold. For many threads.
public final class Entity extends AbstractMap<Keyword, Object> {
  private static final Keyword ID = Keyword.intern("db", "id");
  private static final Keyword IDENT = Keyword.intern("db", "ident");
  private static final Keyword LIMIT = Keyword.intern("limit");

  private final Db db;
  private final long id;
  private final Map<Keyword, Object> read = new ConcurrentHashMap<>(); // what was asked for so far

  private Entity(Db db, long id) {
    this.db = db;
    this.id = id;
  }

  static Optional<Entity> of(Db db, Object entity) {
    if (db.isHistory()) {
      throw Anomaly.incorrect(
              "db.error/history-not-supported",
              "An entity was asked of a history value.",
              "Expected a value that shows what is true at a time: in a history an attribute has"
                  + " every value that it ever had.",
              "Use the value without history, or ask for datoms.")
          .toException();
    }
    OptionalLong id = db.entid(entity);
    return id.isPresent() ? Optional.of(new Entity(db, id.getAsLong())) : Optional.empty();
  }

  /// The entity id.
  public long id() {
    return id;
  }

  /// The database value that the entity is read from.
  public Db db() {
    return db;
  }

  /// This entity, with all its attributes read, and those of its components and of theirs.
  public Entity touch() {
    touch(new LinkedHashSet<>());
    return this;
  }

  private void touch(Set<Entity> touched) {
    if (!touched.add(this)) {
      return;
    }
    for (Keyword attribute : keySet()) {
      Object value = get(attribute);
      if (isComponent(attribute)) {
        for (Object each : value instanceof Collection<?> all ? all : List.of(value)) {
          if (each instanceof Entity component) {
            component.touch(touched);
          }
        }
      }
    }
  }

  private boolean isComponent(Keyword attribute) {
    return db.attribute(attribute).map(Attribute::isComponent).orElse(false);
  }

  @Override
  public @Nullable Object get(@Nullable Object key) {
    if (!(key instanceof Keyword attribute)) {
      return null;
    }
    if (attribute == ID) {
      return id;
    }
    Object known = read.get(attribute);
    if (known != null) {
      return known;
    }
    Object found = find(attribute);
    if (found != null) {
      read.put(attribute, found);
    }
    return found;
  }

  private @Nullable Object find(Keyword attribute) {
    boolean reverse = attribute.getName().startsWith("_");
    Keyword forward = reverse
        ? Keyword.intern(attribute.getNamespace(), attribute.getName().substring(1))
        : attribute;
    if (db.entid(forward).isEmpty()) {
      return null;
    }
    // A list with null is none of List.of.
    List<@Nullable Object> all =
        Collections.unmodifiableList(Arrays.asList(attribute, LIMIT, null));
    Object value = db.pull(List.of(Map.of(all, List.of(ID, IDENT))), id).get(attribute);
    if (value instanceof Map<?, ?> target && target.get(ID) != null) {
      return reference(target, reverse);
    }
    if (value instanceof List<?> targets
        && targets.getFirst() instanceof Map<?, ?> first
        && first.get(ID) != null) {
      Set<Object> entities = new LinkedHashSet<>();
      targets.forEach(target -> entities.add(reference((Map<?, ?>) target, reverse)));
      return Collections.unmodifiableSet(entities);
    }
    // Asked for ids, an attribute that is no reference doesn't answer.
    value = db.pull(List.of(all), id).get(attribute);
    return value instanceof List<?> values && isMany(forward)
        ? Collections.unmodifiableSet(new LinkedHashSet<>(values))
        : value;
  }

  private boolean isMany(Keyword attribute) {
    return db.attribute(attribute).map(Attribute::isMany).orElse(false);
  }

  private Object reference(Map<?, ?> target, boolean reverse) {
    Object ident = target.get(IDENT);
    return ident != null && !reverse
        ? ident
        : new Entity(db, (Long) Objects.requireNonNull(target.get(ID)));
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return keySet().contains(key);
  }

  @Override
  public Set<Keyword> keySet() {
    Set<Keyword> attributes = new LinkedHashSet<>();
    long last = -1;
    for (Datom datom : (Iterable<Datom>) db.datoms(Index.EAVT, id)::iterator) {
      if (datom.a() != last && db.ident(datom.a()) instanceof Keyword attribute) {
        attributes.add(attribute);
      }
      last = datom.a();
    }
    return Collections.unmodifiableSet(attributes);
  }

  @Override
  public int size() {
    return keySet().size();
  }

  /// Reads all attributes.
  @Override
  public Set<Map.Entry<Keyword, Object>> entrySet() {
    Map<Keyword, Object> all = new LinkedHashMap<>();
    for (Keyword attribute : keySet()) {
      all.put(attribute, Objects.requireNonNull(get(attribute), attribute::toString));
    }
    return Collections.unmodifiableMap(all).entrySet();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Entity entity
        && id == entity.id
        && db.dbName().equals(entity.db.dbName());
  }

  @Override
  public int hashCode() {
    return Objects.hash(db.dbName(), id);
  }

  /// Names the entity; its attributes may be many, and lead back to it.
  @Override
  public String toString() {
    return "#entity[" + db.dbName() + " " + id + "]";
  }
}
