package valence.engine.pull;

import clojure.lang.Keyword;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import valence.api.TxReport;
import valence.edn.Edn;
import valence.engine.db.Database;
import valence.engine.function.FunctionResolver;
import valence.engine.local.LocalDb;

/// The reference's example database, and the names of its entities.
record People(LocalDb db, Map<String, Long> entities) {
  static final LocalDb.Surroundings SURROUNDINGS = new LocalDb.Surroundings(
      FunctionResolver.none(),
      (request, functions) -> {
        throw new AssertionError("no queries here");
      },
      InstantSource.fixed(Instant.parse("2024-01-01T00:00:00Z")));

  static People read() {
    LocalDb db = LocalDb.of(Database.empty("people"), SURROUNDINGS);
    Map<String, Long> entities = new HashMap<>();
    for (Object txData : Edn.readAll(resource("people.edn"), Map.of())) {
      TxReport report = db.with(Objects.requireNonNull(txData));
      entities.putAll(report.tempids());
      db = (LocalDb) report.dbAfter();
    }
    entities.put("red", db.entid(Keyword.intern("red")).orElseThrow());
    return new People(db, entities);
  }

  /// The forms of a resource; `#e "name"` is the entity of that name.
  List<@Nullable Object> forms(String resource) {
    UnaryOperator<@Nullable Object> entity = entities::get;
    UnaryOperator<@Nullable Object> error = pair -> pair;
    return Edn.readAll(resource(resource), Map.of("e", entity, "error", error));
  }

  private static String resource(String name) {
    try (InputStream in = People.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// A value as text, the same for collections that differ in order alone.
  static String unordered(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        var entries = new TreeSet<String>();
        map.forEach((key, each) -> entries.add(Edn.print(key) + " " + unordered(each)));
        yield "{" + String.join(", ", entries) + "}";
      }
      case List<?> list ->
        list.stream().map(People::unordered).sorted().collect(Collectors.joining(" ", "[", "]"));
      case null, default -> Edn.print(value);
    };
  }
}
