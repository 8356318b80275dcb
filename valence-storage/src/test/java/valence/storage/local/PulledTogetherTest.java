package valence.storage.local;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static valence.api.Valence.kw;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Db;
import valence.api.Valence;
import valence.edn.Edn;

/// Pulls of many entities in one query show of each what a pull of it alone shows.
class PulledTogetherTest {
  private static final int BOOKS = 400;

  private final Client client =
      Valence.client(Map.of("server-type", kw("local"), "storage-dir", kw("mem")));

  private @Nullable Db known;

  @BeforeEach
  void books() {
    client.createDatabase("books");
    Connection connection = client.connect("books");
    connection.transact("""
        [{:db/ident :book/title :db/valueType :db.type/string :db/cardinality :db.cardinality/one}
         {:db/ident :book/author :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}
         {:db/ident :book/first :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}
         {:db/ident :book/genres :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}
         {:db/ident :author/name :db/valueType :db.type/string :db/cardinality :db.cardinality/one}
         {:db/ident :author/teacher :db/valueType :db.type/ref
          :db/cardinality :db.cardinality/one}
         {:db/ident :genre/poetry}
         {:db/ident :genre/prose}]""");
    List<Object> data = new ArrayList<>();
    for (int author = 0; author < 300; author++) { // more than are kept
      Map<Object, Object> facts = new HashMap<>(Map.of(kw("db/id"), "a" + author));
      if (author % 5 != 0) { // some have no name
        facts.put(kw("author/name"), "author " + author);
      }
      facts.put(kw("author/teacher"), "a" + author / 2);
      data.add(facts);
    }
    for (int book = 0; book < BOOKS; book++) {
      data.add(Map.of(
          kw("db/id"),
          "b" + book,
          kw("book/title"),
          "book " + book,
          kw("book/author"),
          "a" + book * 7 % (book % 2 == 0 ? 300 : 3),
          kw("book/first"),
          "b" + book / 10,
          kw("book/genres"),
          book % 3 == 0 ? List.of(kw("genre/poetry"), kw("genre/prose")) : List.of()));
    }
    connection.transact(data);
    known = connection.db();
  }

  @AfterEach
  void close() {
    client.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[:book/title {:book/author [:author/name]}]",
        "[:db/id {:book/author [:author/name {:author/teacher [:author/name]}]}]",
        "[:book/title :book/author :book/first]",
        "[[:book/title :as :called] {[:book/author :as :by] [:db/id]}]",
        "[{:book/author [[:author/name :default \"nobody\"]]} {:book/genres [:db/ident]}]",
        "[{:book/author [:author/name {:author/teacher ...}]}]",
        "[{:book/author [:author/name {:book/_author [:book/title]}]}]",
        "[{:book/first [:book/title {:book/first 3}]}]",
        "[* {:book/author [*]}]"
      })
  void eachIsShownAsByItself(String pattern) {
    Db db = requireNonNull(known);
    Map<Object, Object> together = new HashMap<>();
    Collection<?> rows = db.q("[:find ?e (pull ?e " + pattern + ") :where [?e :book/title]]");
    for (Object row : rows) {
      List<?> pair = (List<?>) row;
      together.put(pair.get(0), pair.get(1));
    }
    assertEquals(BOOKS, together.size());
    Object read = Edn.read(pattern);
    together.forEach((entity, shown) -> {
      Map<?, ?> alone = db.pull(read, entity);
      assertEquals(alone.isEmpty() ? null : alone, shown, () -> "of entity " + entity);
    });
  }
}
