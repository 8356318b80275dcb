package valence.storage.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static valence.api.Valence.kw;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.api.Db;
import valence.api.Records;
import valence.api.SchemaDifference;
import valence.api.record.Namespace;
import valence.api.record.Tuple;
import valence.api.record.Unique;

/// Tuples as records and lists.
class TuplesTest {
  record Point(double x, double y) {}

  record Event(Instant when, Optional<String> what) {}

  record Key(String name, Optional<Integer> year) {}

  record Place(
      @Unique String name,
      int year,
      @Tuple Point point,
      @Tuple Optional<List<Long>> sizes,
      @Tuple Set<Event> events,
      @Tuple({"place/name", "place/year"}) @Unique Optional<Key> key) {}

  private final Connection connection = People.connection();

  private static final Place OSLO = new Place(
      "Oslo",
      1048,
      new Point(59.9, 10.7),
      Optional.of(List.of(3L, 4L, 5L)),
      Set.of(
          new Event(Instant.ofEpochSecond(7), Optional.of("fire")),
          new Event(Instant.ofEpochSecond(8), Optional.empty())),
      Optional.empty());

  private static AnomalyException refused(ThrowingCallable call) {
    AnomalyException refused = catchThrowableOfType(AnomalyException.class, call);
    assertThat(refused.anomaly().error()).contains(kw("db.error/record-mapping"));
    return refused;
  }

  @Test
  void tuplesGoBothWaysAndTheDatabaseMakesComposites() {
    connection.transact(Records.schema(Place.class));
    assertThat(Records.check(connection.db(), Place.class)).isEmpty();
    Db db = connection.transact(Records.txData(OSLO)).dbAfter();
    Place found = db.pull(Place.class, List.of(kw("place/name"), "Oslo")).orElseThrow();
    assertThat(found.point()).isEqualTo(OSLO.point());
    assertThat(found.sizes()).isEqualTo(OSLO.sizes());
    assertThat(found.events()).isEqualTo(OSLO.events());
    assertThat(found.key()).contains(new Key("Oslo", Optional.of(1048)));
    connection.transact(Records.txData(found));

    record Row(String name, @Tuple Point point) {}
    assertThat(db.query(Row.class, "[:find ?n ?p :where [?e :place/name ?n] [?e :place/point ?p]]"))
        .isEqualTo(List.of(new Row("Oslo", OSLO.point())));
  }

  @Test
  void schemaOfTuplesIsCompared() {
    connection.transact(Records.schema(Place.class));
    @Namespace("place")
    record Other(
        @Tuple List<Double> point,
        @Tuple({"place/year", "place/name"}) Key key) {}
    assertThat(Records.check(connection.db(), Other.class))
        .extracting(SchemaDifference::ident)
        .isEqualTo(List.of(kw("place/point"), kw("place/key")));
  }

  @Test
  void whatIsNoTupleIsRefused() {
    record Nested(@Tuple Place place) {}
    record Single(@Tuple String text) {}
    record Long1(@Tuple Optional<String> text) {}
    record Uneven(@Tuple("a/b") Key key) {}
    for (Class<? extends Record> type :
        List.of(Nested.class, Single.class, Long1.class, Uneven.class)) {
      assertThat(refused(() -> Records.schema(type))).hasMessageContaining("Component ");
    }
    connection.transact(Records.schema(Place.class));
    @Namespace("place")
    record Ints(@Tuple List<Integer> point) {}
    Db db = connection.transact(Records.txData(OSLO)).dbAfter();
    assertThat(refused(() -> db.pull(Ints.class, List.of(kw("place/name"), "Oslo"))))
        .hasMessageContaining("Component point of record Ints (:place/point) found 2 values")
        .hasMessageContaining("Expected a tuple without gaps, each slot a value of :db.type/long");
  }

  @Test
  void bytesGoBothWays() {
    record File(@Unique String name, byte[] content) {}
    connection.transact(Records.schema(File.class));
    Db db =
        connection.transact(Records.txData(new File("a", new byte[] {1, -2}))).dbAfter();
    assertThat(db.pull(File.class, List.of(kw("file/name"), "a")).orElseThrow().content())
        .isEqualTo(new byte[] {1, -2});
  }
}
