package valence.storage.record;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static valence.api.Valence.kw;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.api.Db;
import valence.api.Entity;

class EntityTest {
  private static final List<Object> AL = List.of(kw("p/name"), "Al");
  private static final List<Object> BO = List.of(kw("p/name"), "Bo");

  private final Connection connection = People.connection();

  @BeforeEach
  void fill() {
    connection.transact("""
        [{:db/ident :p/name :db/valueType :db.type/string :db/cardinality :db.cardinality/one
          :db/unique :db.unique/identity}
         {:db/ident :p/alias :db/valueType :db.type/string :db/cardinality :db.cardinality/many}
         {:db/ident :p/friend :db/valueType :db.type/ref :db/cardinality :db.cardinality/many}
         {:db/ident :p/boss :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}
         {:db/ident :p/color :db/valueType :db.type/ref :db/cardinality :db.cardinality/one}
         {:db/ident :p/item :db/valueType :db.type/ref :db/cardinality :db.cardinality/many
          :db/isComponent true}
         {:db/ident :p/xy :db/valueType :db.type/tuple :db/tupleTypes
          [:db.type/long :db.type/long] :db/cardinality :db.cardinality/one}
         {:db/ident :p/xys :db/valueType :db.type/tuple :db/tupleTypes
          [:db.type/long :db.type/long] :db/cardinality :db.cardinality/many}
         {:db/ident :red}]""");
    connection.transact("""
        [{:db/id "al" :p/name "Al" :p/alias ["a1"] :p/friend ["bo" "cy"] :p/boss "bo" :p/color :red
          :p/item [{:p/alias ["i1"]}] :p/xy [1 2] :p/xys [[1 2]]}
         {:db/id "bo" :p/name "Bo" :p/friend ["al"]}
         {:db/id "cy" :p/name "Cy" :p/boss "bo"}]""");
  }

  private Entity al() {
    return connection.db().entity(AL).orElseThrow();
  }

  private static Set<Object> set(@Nullable Object values) {
    return new HashSet<>((Set<?>) requireNonNull(values));
  }

  @Test
  void attributesAreReadByKeyword() {
    Entity al = al();
    assertThat(al.get(kw("p/name"))).isEqualTo("Al");
    assertThat(al.get(kw("db/id"))).isEqualTo(al.id());
    assertThat(al.get(kw("p/alias"))).isEqualTo(Set.of("a1"));
    assertThat(al.get(kw("p/xy"))).isEqualTo(List.of(1L, 2L));
    assertThat(al.get(kw("p/xys"))).isEqualTo(Set.of(List.of(1L, 2L)));
    assertThat(al.get(kw("p/color"))).isEqualTo(kw("red"));
    assertThat(al.get(kw("p/nosuch"))).isNull();
    assertThat(al.get("p/name")).isNull();
  }

  @Test
  void referencesAreEntitiesInBothDirections() {
    Entity bo = (Entity) al().get(kw("p/boss"));
    assertThat(bo).isEqualTo(connection.db().entity(BO).orElseThrow());
    assertThat(set(bo.get(kw("p/_boss")))).hasSize(2).contains(al());
    assertThat(set(al().get(kw("p/friend")))).hasSize(2).contains(bo);
    Entity item = (Entity) set(al().get(kw("p/item"))).iterator().next();
    assertThat(item.get(kw("p/_item"))).as("the owner of a component").isEqualTo(al());
    assertThat(al().get(kw("p/_item"))).isNull();
  }

  @Test
  void itIsAnUnmodifiableMapOfWhatTheEntityHas() {
    Entity al = al();
    Set<Object> keys = Set.of(
        kw("p/name"),
        kw("p/alias"),
        kw("p/friend"),
        kw("p/boss"),
        kw("p/color"),
        kw("p/item"),
        kw("p/xy"),
        kw("p/xys"));
    assertThat((Set<?>) al.keySet()).isEqualTo(keys);
    assertThat(al).hasSize(keys.size());
    assertThat(al.containsKey(kw("p/name"))).isTrue();
    assertThat(new HashMap<Object, Object>(al).get(kw("p/xy"))).isEqualTo(List.of(1L, 2L));
    assertThatThrownBy(() -> al.put(kw("p/name"), "Bo"))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> al.keySet().clear()).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void touchReadsComponentsAndEndsInCycles() {
    Entity al = al();
    assertThat(al.touch()).isSameAs(al);
    Entity item = (Entity) set(al.get(kw("p/item"))).iterator().next();
    connection.transact(List.of(List.of(kw("db/add"), item.id(), kw("p/item"), al.id())));
    assertThat(al().touch().get(kw("p/name"))).isEqualTo("Al");
    assertThat(al).hasToString("#entity[people " + al.id() + "]");
  }

  @Test
  void itStaysAsItsDatabaseValueWas() {
    Entity before = al();
    Db after = connection
        .transact(List.of(Map.of(kw("db/id"), AL, kw("p/alias"), "a2")))
        .dbAfter();
    assertThat(before.get(kw("p/alias"))).isEqualTo(Set.of("a1"));
    Entity now = after.entity(AL).orElseThrow();
    assertThat(now.get(kw("p/alias"))).isEqualTo(Set.of("a1", "a2"));
    assertThat(now).as("one entity of one database").isEqualTo(before).hasSameHashCodeAs(before);
    Entity then = after.asOf(before.db().basisT()).entity(AL).orElseThrow();
    assertThat(then.get(kw("p/alias"))).isEqualTo(Set.of("a1"));
    assertThat(after.since(before.db().basisT()).entity(now.id()).orElseThrow().get(kw("p/alias")))
        .isEqualTo(Set.of("a2"));
  }

  @Test
  void moreThanAThousandValuesAreAllThere() {
    List<String> many = IntStream.range(0, 1200).mapToObj(i -> "b" + i).toList();
    Db db = connection
        .transact(List.of(Map.of(kw("db/id"), BO, kw("p/alias"), many)))
        .dbAfter();
    assertThat(set(db.entity(BO).orElseThrow().get(kw("p/alias")))).hasSize(1200);
  }

  @Test
  void whatNamesNoEntityIsEmpty() {
    Db db = connection.db();
    assertThat(db.entity(List.of(kw("p/name"), "nobody"))).isEmpty();
    assertThat(db.entity(kw("no/ident"))).isEmpty();
    assertThat((Map<?, ?>) db.entity(17_592_186_099_999L).orElseThrow()).isEmpty();
  }

  @Test
  void aHistoryValueRefuses() {
    AnomalyException refused = catchThrowableOfType(
        AnomalyException.class, () -> connection.db().history().entity(AL));
    assertThat(refused).hasMessageContaining("An entity was asked of a history value.");
    assertThat(refused.anomaly().error()).contains(kw("db.error/history-not-supported"));
  }
}
