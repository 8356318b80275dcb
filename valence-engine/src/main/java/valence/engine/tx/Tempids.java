package valence.engine.tx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.engine.schema.Partition;
import valence.engine.schema.Schema;

/// The temporary ids of one transaction: which of them are one entity, and which entity that is.
///
/// A temporary id is a negative number here, -1 downwards. Ids that turn out to be the same entity
/// are joined (union-find), and what is known of one holds for all that it is joined with.
final class Tempids {
  private final Map<Object, Long> named = new HashMap<>();
  private int count;
  private int changes;
  private int[] parent = new int[8];
  private long[] entity = new long[8]; // of a root: the entity, or Schema.NONE
  private boolean[] subject = new boolean[8]; // of a root: something is said about it
  private boolean[] attribute = new boolean[8]; // of a root: it becomes an attribute
  private @Nullable Object[] name = new Object[8];

  int count() {
    return count;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /// The temporary id of a caller's string or negative number.
  long named(Object caller) {
    Long known = named.get(caller);
    if (known == null) {
      known = anonymous();
      name[count - 1] = caller;
      named.put(caller, known);
    }
    return known;
  }

  /// A temporary id of its own.
  long anonymous() {
    if (count == parent.length) {
      int capacity = count * 2;
      parent = Arrays.copyOf(parent, capacity);
      entity = Arrays.copyOf(entity, capacity);
      subject = Arrays.copyOf(subject, capacity);
      attribute = Arrays.copyOf(attribute, capacity);
      name = Arrays.copyOf(name, capacity);
    }
    parent[count] = count;
    entity[count] = Schema.NONE;
    return -1 - count++;
  }

  private static int index(long id) {
    return (int) (-1 - id);
  }

  private int root(long id) {
    int i = index(id);
    while (parent[i] != i) {
      parent[i] = parent[parent[i]];
      i = parent[i];
    }
    return i;
  }

  /// The same number for ids that are one entity; negative.
  long representative(long id) {
    return -1 - root(id);
  }

  /// Something is said about it.
  void markSubject(long id) {
    subject[root(id)] = true;
  }

  /// It becomes an attribute.
  void markAttribute(long id) {
    attribute[root(id)] = true;
  }

  /// The entity that it is, or [Schema#NONE] while that is open. Ids that aren't temporary are
  /// their own.
  long entity(long id) {
    return id >= 0 ? id : entity[root(id)];
  }

  /// The two are one entity. At most one of them may be known.
  void join(long id1, long id2) {
    int x = root(id1);
    int y = root(id2);
    if (x != y) {
      assert entity[x] == Schema.NONE || entity[y] == Schema.NONE;
      changes++;
      parent[y] = x;
      entity[x] = Math.max(entity[x], entity[y]);
      subject[x] |= subject[y];
      attribute[x] |= attribute[y];
    }
  }

  /// The id is that entity.
  void resolve(long id, long to) {
    changes++;
    entity[root(id)] = to;
  }

  /// What the caller wrote for an id that is still temporary, or for the entity that it became;
  /// null when nothing.
  @Nullable Object caller(long id) {
    for (int i = 0; i < count; i++) {
      boolean same = id < 0 ? root(id) == root(-1 - i) : entity[root(-1 - i)] == id;
      if (same && name[i] != null) {
        return name[i];
      }
    }
    return null;
  }

  /// How often ids were joined or resolved.
  int changes() {
    return changes;
  }

  /// Gives new ids to what is still open.
  void issue(long nextEntity, int nextAttribute) {
    long next = nextEntity;
    int nextSchema = nextAttribute;
    for (int i = 0; i < count; i++) {
      int root = root(-1 - i);
      if (entity[root] != Schema.NONE) {
        continue;
      }
      if (subject[root]) {
        entity[root] = attribute[root] ? nextSchema++ : Partition.entity(Partition.USER, next++);
      }
    }
    if (nextSchema > SchemaCheck.ATTRIBUTES_MAX) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "The database would hold more than " + SchemaCheck.ATTRIBUTES_MAX + " attributes.",
              "That is the most that a schema can hold.",
              "Use fewer, more general attributes.")
          .toException();
    }
  }

  /// Refuses a temporary id about which nothing is said.
  void requireSubject(long id, int from) {
    int root = root(id);
    if (entity[root] != Schema.NONE) {
      return;
    }
    Object caller = name[index(id)];
    throw Refused.incorrect(
            from,
            "db.error/tempid-not-an-entity",
            caller == null
                ? "a nested map says nothing about its entity."
                : "the tempid "
                    + Shown.value(caller)
                    + " is used only as value in the transaction.",
            "A temporary id stands for an entity that the same transaction says something about.",
            "Add a fact about it, or use an existing entity's id, ident or lookup ref; where a"
                + " collection of values is expected, wrap a lookup ref: [[attribute value]].")
        .toException();
  }

  /// The entity of each string that the caller wrote and that became one, the transaction's among
  /// them.
  ///
  /// @param text what names the transaction
  /// @param tx   its entity, or [Schema#NONE] when it wasn't named
  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of entries
  Map<String, Long> resolved(String text, long tx) {
    if (named.isEmpty()) {
      return tx == Schema.NONE ? Map.of() : Map.of(text, tx);
    }
    List<Map.Entry<String, Long>> result = new ArrayList<>(named.size() + 1);
    named.forEach((caller, id) -> {
      if (caller instanceof String name && entity(id) != Schema.NONE) {
        result.add(Map.entry(name, entity(id)));
      }
    });
    if (tx != Schema.NONE) {
      result.add(Map.entry(text, tx));
    }
    return Map.ofEntries(result.toArray(new Map.Entry[0]));
  }
}
