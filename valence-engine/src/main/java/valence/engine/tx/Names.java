package valence.engine.tx;

import clojure.lang.Keyword;
import clojure.lang.PersistentVector;
import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Persistent;
import valence.engine.db.Database;
import valence.engine.db.EntityRef;
import valence.engine.schema.Attribute;
import valence.engine.schema.Nearest;
import valence.engine.schema.Partition;
import valence.engine.schema.Schema;

/// Resolves what forms name entities and attributes by, in the database before. A temporary id
/// becomes a negative number.
final class Names {
  private static final String TX_TEMPID = "datomic.tx";

  /// Attributes that are remembered; a power of two.
  private static final int RECENT = 16;

  private final Database before;
  private final Schema schema;
  private final Tempids tempids;
  private final long tx;
  private boolean txNamed;

  // Attributes that were named before: forms name the same ones again and again.
  private final @Nullable Keyword[] recentName = new Keyword[RECENT];
  private final @Nullable Attribute[] recent = new Attribute[RECENT];

  Names(Database before, Tempids tempids) {
    this.before = before;
    this.schema = before.schema();
    this.tempids = tempids;
    this.tx = Partition.tx(before.basisT() + 1);
  }

  /// The transaction's entity.
  long tx() {
    return tx;
  }

  /// Whether the caller wrote `"datomic.tx"`.
  boolean isTxNamed() {
    return txNamed;
  }

  /// What stands for an entity that something is said about.
  long entity(@Nullable Object e, int form) {
    return e instanceof String text ? tempid(text, form) : otherEntity(e, form);
  }

  private long otherEntity(@Nullable Object e, int form) {
    return switch (e) {
      case Long id -> subject(id, form);
      case Integer id -> subject(id, form);
      case Short id -> subject(id, form);
      case Byte id -> subject(id, form);
      case null, default -> named(e, form);
    };
  }

  private long subject(long id, int form) {
    if (id < 0) {
      return tempids.named(id);
    }
    if (id != tx && !before.isIssued(id)) {
      throw Refused.incorrect(
              form,
              "db.error/invalid-entity-id",
              "invalid entity id " + id + ".",
              "An entity id is one that this database has issued.",
              "Use a string as temporary id for a new entity.")
          .with("entity", id)
          .toException();
    }
    return id;
  }

  /// What stands for an entity as the value of a reference. A number need not be an entity's.
  long value(@Nullable Object v, int form) {
    if (v instanceof String text) {
      return tempid(text, form);
    }
    return v instanceof List<?> lookup ? found(lookup, form) : otherValue(v, form);
  }

  private long found(List<?> lookup, int form) {
    long entity = lookup(lookup, form);
    if (entity == Schema.NONE) {
      throw notAnEntity(lookup, form, "");
    }
    return entity;
  }

  private long otherValue(@Nullable Object v, int form) {
    return switch (v) {
      case Long id -> id < 0 ? tempids.named(id) : id;
      case Integer id -> value((long) id, form);
      case Short id -> value((long) id, form);
      case Byte id -> value((long) id, form);
      case null, default -> named(v, form);
    };
  }

  private long named(@Nullable Object name, int form) {
    return switch (name) {
      case String text -> tempid(text, form);
      case Keyword ident -> {
        long entity = schema.entity(ident);
        if (entity == Schema.NONE) {
          throw notAnEntity(name, form, Nearest.ident(ident, schema));
        }
        yield entity;
      }
      case List<?> lookup -> found(lookup, form);
      case null, default -> throw notAnEntity(name, form, "");
    };
  }

  private long tempid(String text, int form) {
    if (text.equals(TX_TEMPID)) {
      txNamed = true;
      return tx;
    }
    if (text.startsWith(":")) {
      throw notAnEntity(text, form, "A string names a temporary id; write an ident as a keyword.");
    }
    return tempids.named(text);
  }

  /// The entity of a lookup ref, or [Schema#NONE].
  private long lookup(List<?> lookup, int form) {
    @Nullable Object[] parts = Persistent.items(lookup);
    if (parts.length == 2) {
      attribute(parts[0], form, false);
    }
    return resolve(PersistentVector.adopt(parts), form);
  }

  private long resolve(@Nullable Object named, int form) {
    try {
      return EntityRef.resolve(before, named);
    } catch (AnomalyException unresolved) {
      throw Refused.placed(form, unresolved.anomaly()).toException(unresolved);
    }
  }

  /// The entity that a form means to retract; [Schema#NONE] when there is no such entity.
  long existing(@Nullable Object e, int form) {
    long entity = resolve(
        e instanceof List<?> lookup ? PersistentVector.adopt(Persistent.items(lookup)) : e, form);
    return entity >= 0 && before.isIssued(entity) ? entity : Schema.NONE;
  }

  /// What stands for an attribute.
  Attribute attribute(@Nullable Object a, int form) {
    if (!(a instanceof Keyword ident)) {
      return attribute(a, form, true);
    }
    int slot = ident.hashCode() & (RECENT - 1);
    Attribute known = recent[slot];
    if (known == null || recentName[slot] != ident) {
      known = attribute(ident, form, true);
      recent[slot] = known;
      recentName[slot] = ident;
    }
    return known;
  }

  private Attribute attribute(@Nullable Object a, int form, boolean lookupAllowed) {
    long id = switch (a) {
      case Keyword ident -> schema.entity(ident);
      case Long number -> number;
      case Integer number -> number;
      case List<?> lookup when lookupAllowed -> lookup(lookup, form);
      case null, default -> Schema.NONE;
    };
    Attribute attribute = schema.attribute(id);
    if (attribute != null) {
      return attribute;
    }
    if (id != Schema.NONE || a instanceof Number) {
      throw Refused.incorrect(
              form,
              "db.error/not-an-attribute",
              Shown.value(a) + " is not an attribute.",
              "It names an entity without :db/valueType.",
              "Use the ident of an attribute.")
          .with("entity", String.valueOf(id))
          .toException();
    }
    if (a instanceof Keyword ident) {
      throw notAnEntity(ident, form, Nearest.attribute(ident, schema));
    }
    if (a == null || a instanceof List<?> || !lookupAllowed) {
      throw notAnEntity(a, form, "");
    }
    throw notAKeyword(a, form);
  }

  static RuntimeException notAKeyword(@Nullable Object a, int form) {
    return Refused.incorrect(
            form,
            "db.error/not-a-keyword",
            Shown.value(a) + " stands for an attribute.",
            "An attribute is named by a keyword.",
            "Write it like :person/name.")
        .toException();
  }

  private RuntimeException notAnEntity(@Nullable Object name, int form, String proposal) {
    Anomaly anomaly = Refused.incorrect(
        form,
        "db.error/not-an-entity",
        "unable to resolve entity " + Shown.value(name) + ".",
        "Nothing in the database before this transaction has that name.",
        proposal.isEmpty()
            ? "Check its spelling, or transact what it names in an earlier transaction."
            : proposal);
    return (name == null ? anomaly : anomaly.with("entity", name)).toException();
  }
}
