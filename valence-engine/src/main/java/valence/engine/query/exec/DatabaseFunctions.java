package valence.engine.query.exec;

import clojure.lang.PersistentVector;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import valence.api.Connection;
import valence.api.Datom;
import valence.engine.db.Database;
import valence.engine.db.DatabaseValue;
import valence.engine.db.EntityRef;
import valence.engine.db.UnknownName;
import valence.engine.function.Invocable;
import valence.engine.index.Batch;
import valence.engine.index.Bound;
import valence.engine.index.Cursor;
import valence.engine.index.Order;
import valence.engine.index.Range;
import valence.engine.query.syntax.Forms;
import valence.engine.schema.Attribute;
import valence.engine.schema.Partition;
import valence.engine.schema.Schema;
import valence.engine.value.ValueType;

/// Functions that read a database or the log.
final class DatabaseFunctions {
  private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");

  private DatabaseFunctions() {}

  /// The function of that name; null when there is none.
  static @Nullable Invocable find(Symbol name) {
    if (name.getNamespace() != null) {
      return null;
    }
    return switch (name.getName()) {
      case "get-else" -> DatabaseFunctions::getElse;
      case "get-some" -> DatabaseFunctions::getSome;
      case "missing?" -> DatabaseFunctions::isMissing;
      case "tx-ids" -> DatabaseFunctions::txIds;
      case "tx-data" -> DatabaseFunctions::txData;
      case "fulltext" -> DatabaseFunctions::fulltext;
      default -> null;
    };
  }

  private static Database database(String name, @Nullable Object[] args, int countMin) {
    if (args.length < countMin) {
      throw new IllegalArgumentException(
          "Wrong number of args (" + args.length + ") passed to: " + name);
    }
    if (args[0] instanceof DatabaseValue value) {
      return value.database();
    }
    throw new IllegalArgumentException("the first argument of " + name
        + " must be a database, such as $, and was " + Forms.show(args[0]));
  }

  private static Attribute attribute(Database db, @Nullable Object named) {
    Attribute attribute = EntityRef.attribute(db, named);
    if (attribute == null) {
      throw UnknownName.attribute(db.schema(), named);
    }
    return attribute;
  }

  private static Attribute single(Database db, @Nullable Object named) {
    Attribute attribute = attribute(db, named);
    if (attribute.many()) {
      throw new IllegalArgumentException(
          "cardinality-many attrs not supported: " + attribute.ident());
    }
    return attribute;
  }

  private static @Nullable Object getElse(@Nullable Object[] args) {
    Database db = database("get-else", args, 4);
    Attribute attribute = single(db, args[2]);
    Object fallback = args[3];
    if (fallback == null) {
      throw new IllegalArgumentException("nil default value not supported");
    }
    long entity = EntityRef.resolve(db, args[1]);
    Object value = entity == Schema.NONE ? null : db.value(entity, attribute);
    return value == null ? fallback : value;
  }

  private static @Nullable Object getSome(@Nullable Object[] args) {
    Database db = database("get-some", args, 3);
    long entity = EntityRef.resolve(db, args[1]);
    for (int i = 2; i < args.length; i++) {
      Attribute attribute = single(db, args[i]);
      Object value = entity == Schema.NONE ? null : db.value(entity, attribute);
      if (value != null) {
        return PersistentVector.create((Object) (long) attribute.id(), value);
      }
    }
    return null;
  }

  private static Object isMissing(@Nullable Object[] args) {
    Database db = database("missing?", args, 3);
    Attribute attribute = attribute(db, args[2]);
    long entity = EntityRef.resolve(db, args[1]);
    return entity == Schema.NONE
        || !db.cursor(Order.EAVT, Range.prefix(Bound.ea(entity, attribute.id())))
            .next();
  }

  /// The values that have one of the words, whatever their case, by a scan of the attribute: rows
  /// of entity, value, transaction and how many of the words it has, from 0 to 1.
  private static Object fulltext(@Nullable Object[] args) {
    Database db = database("fulltext", args, 3);
    Attribute attribute = attribute(db, args[1]);
    if (attribute.type() != ValueType.STRING || !(args[2] instanceof String search)) {
      throw new IllegalArgumentException("fulltext searches the words of a string attribute");
    }
    Set<String> wanted = words(search);
    List<Object> rows = new ArrayList<>();
    Cursor cursor = db.cursor(Order.AEVT, Range.prefix(Bound.a(attribute.id())));
    while (cursor.next()) {
      Batch batch = cursor.batch();
      for (int i = batch.start; i < batch.end; i++) {
        String text = (String) db.value(attribute.id(), batch.v[i], batch.object(i));
        Set<String> found = words(text);
        found.retainAll(wanted);
        if (!found.isEmpty()) {
          double score = (double) found.size() / wanted.size();
          rows.add(PersistentVector.create(batch.e[i], text, Partition.tx(batch.t[i]), score));
        }
      }
    }
    return rows;
  }

  private static Set<String> words(String text) {
    Set<String> words = new HashSet<>(List.of(NO_WORD.split(text.toLowerCase(Locale.ROOT))));
    words.remove("");
    return words;
  }

  private static Connection log(String name, @Nullable Object[] args, int count) {
    if (args.length == count && args[0] instanceof Connection connection) {
      return connection;
    }
    throw new IllegalArgumentException(
        name + " takes the log and " + (count == 3 ? "a start and an end" : "a transaction"));
  }

  private static Object txIds(@Nullable Object[] args) {
    try (var entries = log("tx-ids", args, 3).txRange(args[1], args[2])) {
      return entries.map(entry -> (Object) Partition.tx(entry.t())).toList();
    }
  }

  private static Object txData(@Nullable Object[] args) {
    Connection log = log("tx-data", args, 2);
    if (!(Values.normalize(args[1]) instanceof Long tx)) {
      throw new IllegalArgumentException("tx-data takes the id of a transaction");
    }
    long t = Partition.t(tx);
    List<Object> rows = new ArrayList<>();
    try (var entries = log.txRange(t, t + 1)) {
      entries.forEach(entry -> {
        for (Datom datom : entry.data()) {
          rows.add(datom);
        }
      });
    }
    return rows;
  }
}
