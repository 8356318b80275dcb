package valence.engine.tx;

import clojure.lang.Keyword;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import valence.edn.Edn;
import valence.engine.db.Database;
import valence.engine.function.FunctionResolver;
import valence.engine.schema.Attribute;

/// The example database of the reference, and transactions on it.
///
/// @param entities those that the cases speak of, by name
record Example(Database database, Map<String, Long> entities) {
  static final Instant NOW = Instant.parse("2024-06-01T00:00:00Z");

  static final TxContext CONTEXT = context(FunctionResolver.none());

  static TxContext context(FunctionResolver functions) {
    return new TxContext(
        functions,
        _ -> {
          throw new UnsupportedOperationException("no function of these tests reads the database");
        },
        NOW,
        Optional.empty());
  }

  static Example create() {
    Database db = Database.empty("example");
    Map<String, Long> entities = new TreeMap<>();
    for (Object txData : (List<?>) read(text("example.edn"))) {
      Transacted transacted = Transactions.transact(db, txData, CONTEXT);
      db = transacted.after();
      entities.putAll(transacted.tempids());
    }
    entities.put("red", db.schema().entity(Keyword.intern("red")));
    entities.put("green", db.schema().entity(Keyword.intern("green")));
    entities.put("deep", ref(db, entities, "i1", "p/addr"));
    entities.put("addr", ref(db, entities, "di", "p/addr"));
    entities.put("i2", db.holder(attribute(db, "a/street"), "i2"));
    return new Example(db, entities);
  }

  private static long ref(Database db, Map<String, Long> entities, String name, String attribute) {
    Long entity = entities.get(name);
    Object value = entity == null ? null : db.value(entity, attribute(db, attribute));
    if (value == null) {
      throw new IllegalStateException(name + " has no " + attribute);
    }
    return (Long) value;
  }

  static Attribute attribute(Database db, String ident) {
    Attribute attribute = db.schema().attribute(Keyword.intern(ident));
    if (attribute == null) {
      throw new IllegalStateException("no attribute " + ident);
    }
    return attribute;
  }

  static Object read(String text) {
    @Nullable Object value = Edn.read(text);
    if (value == null) {
      throw new IllegalArgumentException("nothing to read");
    }
    return value;
  }

  static String text(String resource) {
    try (InputStream in = Example.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
