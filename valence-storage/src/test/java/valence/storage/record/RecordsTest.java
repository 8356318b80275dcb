package valence.storage.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Instant;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.Records;
import valence.api.record.Attr;
import valence.api.record.Id;
import valence.api.record.Indexed;
import valence.api.record.Namespace;
import valence.api.record.Unique;
import valence.storage.record.People.Address;
import valence.storage.record.People.Employee;
import valence.storage.record.People.Employer;
import valence.storage.record.People.Everything;
import valence.storage.record.People.Folder;
import valence.storage.record.People.Person;
import valence.storage.record.People.Role;

class RecordsTest {
  private static final Person ADA = new Person(
      OptionalLong.empty(),
      "ada@example.org",
      "Ada Lovelace",
      OptionalInt.of(36),
      Role.SITE_ADMIN,
      Set.of("countess", "enchantress"),
      List.of(new Address("St James's Square", Optional.of("London"))),
      Optional.of(new Employer("Analytical Engines", List.of(), Set.of(Role.GUEST))));

  private final Connection connection = People.connection();

  @BeforeEach
  void installSchema() {
    connection.transact(Records.schema(Person.class, Everything.class, Folder.class));
  }

  private Db said(Record... records) {
    return connection.transact(Records.txData(records)).dbAfter();
  }

  private static List<Object> email(String address) {
    return List.of(kw("person/email"), address);
  }

  private static AnomalyException refused(ThrowingCallable call) {
    AnomalyException refused = catchThrowableOfType(AnomalyException.class, call);
    assertThat(refused).isNotNull();
    assertThat(refused.anomaly().error()).contains(kw("db.error/record-mapping"));
    return refused;
  }

  @Test
  void aRecordComesBackAsItWasTransacted() {
    Person found = said(ADA).pull(Person.class, email("ada@example.org")).orElseThrow();
    assertThat(found)
        .usingRecursiveComparison()
        .ignoringFields("id", "employer")
        .isEqualTo(ADA);
    assertThat(found.id()).isPresent();
    Employer employer = found.employer().orElseThrow();
    assertThat(employer.roles()).containsExactly(Role.GUEST);
    assertThat(employer.staff())
        .containsExactly(new Employee(found.id().getAsLong(), "ada@example.org"));
  }

  @Test
  void whatIsAbsentIsEmpty() {
    Person found = said(new Person("bo@example.org", "Bo"))
        .pull(Person.class, email("bo@example.org"))
        .orElseThrow();
    assertThat(found.age()).isEmpty();
    assertThat(found.aliases()).isEmpty();
    assertThat(found.addresses()).isEmpty();
    assertThat(found.employer()).isEmpty();
    assertThat(found.role()).isEqualTo(Role.GUEST);
  }

  @Test
  void anEntityThatIsNotThereIsEmpty() {
    Db db = said(ADA);
    assertThat(db.pull(Person.class, email("nobody@example.org"))).isEmpty();
    assertThat(db.pull(Person.class, 4_398_046_511_104L * 4 + 7)).isEmpty();
    record Ref(@Id long number) {}
    assertThat(db.pull(Ref.class, email("ada@example.org"))).isPresent();
    assertThat(db.pull(Ref.class, email("nobody@example.org"))).isEmpty();
  }

  @Test
  void aRecordWithAnIdOrAUniqueValueAddsToItsEntity() {
    long id = said(ADA).entid(email("ada@example.org")).orElseThrow();
    said(new Person("ada@example.org", "Ada King"));
    @Namespace("person")
    record Renamed(long id, String fullName) {}
    Db db = said(new Renamed(id, "Augusta Ada King"));
    Person found = db.pull(Person.class, id).orElseThrow();
    assertThat(found.fullName()).isEqualTo("Augusta Ada King");
    assertThat(found.age()).as("an empty component retracts nothing").hasValue(36);
  }

  @Test
  void whoRefersToARecordIsTransactedWithIt() {
    @Namespace("person")
    record Newcomer(@Unique String email, String fullName) {}
    @Namespace("company")
    record Team(
        @Unique String name, @Attr("person/_employer") List<Newcomer> newcomers) {}
    @Namespace("company")
    record Known(
        @Unique String name, @Attr("person/_employer") List<Employee> staff) {}
    long ada = said(ADA).entid(email("ada@example.org")).orElseThrow();
    Db db = said(new Team(
        "New", List.of(new Newcomer("x@example.org", "X"), new Newcomer("y@example.org", "Y"))));
    Object team = List.of(kw("company/name"), "New");
    assertThat(db.pull(Team.class, team).orElseThrow().newcomers())
        .extracting(Newcomer::fullName)
        .isSubsetOf("X", "Y")
        .hasSize(2);
    db = said(new Known("New", List.of(new Employee(ada, "ada@example.org"))));
    assertThat(db.pull(Team.class, team).orElseThrow().newcomers()).hasSize(3);
  }

  @Test
  void aNestedRecordWithOnlyAnIdIsAReference() {
    long id = said(ADA).entid(email("ada@example.org")).orElseThrow();
    record Ref(long id) {}
    @Namespace("note")
    record Note(String text, @Attr("folder/folders") Ref about) {}
    assertThat(Records.txData(new Note("Note G", new Ref(id))))
        .containsExactly(Map.of(kw("note/text"), "Note G", kw("folder/folders"), id));
  }

  @Test
  void manyArePulledInOrder() {
    Db db = said(new Person("a@x", "A"), new Person("b@x", "B"), new Person("c@x", "C"));
    assertThat(db.pullMany(Person.class, List.of(email("c@x"), email("a@x"))))
        .extracting(Person::fullName)
        .containsExactly("C", "A");
    AnomalyException missing = catchThrowableOfType(
        AnomalyException.class,
        () -> db.pullMany(Person.class, List.of(email("z@x"))).toList());
    assertThat(missing.anomaly().category()).isEqualTo(valence.api.Anomaly.Category.NOT_FOUND);
  }

  @RepeatedTest(20)
  void valuesOfAllTypesComeBackAsTheyWere() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Everything all = new Everything(
        "seed " + seed,
        random.nextBoolean(),
        random.nextLong(),
        random.nextInt(),
        (short) random.nextInt(),
        (byte) random.nextInt(),
        random.nextGaussian(),
        random.nextFloat(),
        BigDecimal.valueOf(random.nextLong(), random.nextInt(20)),
        new BigInteger(1 + random.nextInt(200), random),
        Instant.ofEpochMilli(random.nextInt()),
        new Date(random.nextInt()),
        new UUID(random.nextLong(), random.nextLong()),
        URI.create("urn:x:" + random.nextInt(1000)),
        Keyword.intern("k" + random.nextInt(9)),
        Symbol.intern("s" + random.nextInt(9)),
        random.nextBoolean() ? OptionalDouble.empty() : OptionalDouble.of(random.nextDouble()),
        random.nextBoolean() ? Optional.empty() : Optional.of(BigDecimal.ONE),
        random.longs(random.nextInt(5)).boxed().sorted().toList());
    Everything found = said(all)
        .pull(Everything.class, List.of(kw("everything/key"), all.key()))
        .orElseThrow();
    assertThat(found).as("seed %s", seed).isEqualTo(all);
  }

  @Test
  void moreThanAThousandValuesAreAllThere() {
    Set<String> aliases = new HashSet<>();
    IntStream.range(0, 1500).forEach(i -> aliases.add("alias " + i));
    connection.transact(
        List.of(Map.of(kw("person/email"), "m@x", kw("person/aliases"), List.copyOf(aliases))));
    @Namespace("person")
    record Named(Set<String> aliases) {}
    assertThat(connection.db().pull(Named.class, email("m@x")).orElseThrow().aliases())
        .isEqualTo(aliases);
  }

  @Test
  void aRecordOfItselfIsATree() {
    Folder tree = new Folder(
        "/",
        List.of(
            new Folder("/a", List.of(new Folder("/a/b", List.of()))), new Folder("/c", List.of())));
    Db db = said(tree);
    List<Object> root = List.of(kw("folder/path"), "/");
    assertThat(db.pull(Folder.class, root).orElseThrow())
        .usingRecursiveComparison()
        .ignoringCollectionOrder()
        .isEqualTo(tree);

    Db cyclic = connection
        .transact(List.of(
            List.of(kw("db/add"), List.of(kw("folder/path"), "/a/b"), kw("folder/folders"), root)))
        .dbAfter();
    assertThat(refused(() -> cyclic.pull(Folder.class, root)))
        .hasMessageContaining("Component folders of record Folder (:folder/folders)")
        .hasMessageContaining("leads back to entity");
  }

  @Test
  void rowsBecomeRecordsByPosition() {
    record Row(String email, int age, Role role) {}
    Db db = said(ADA, new Person("bo@example.org", "Bo"));
    assertThat(db.query(Row.class, """
            [:find ?email ?age ?role
             :where [?p :person/email ?email] [?p :person/age ?age]
                    [?p :person/role ?r] [?r :db/ident ?role]]"""))
        .containsExactly(new Row("ada@example.org", 36, Role.SITE_ADMIN));
  }

  @Test
  void rowsBecomeRecordsByName() {
    record Row(int age, Optional<String> note, String fullName) {}
    assertThat(said(ADA).query(Row.class, """
                [:find ?name ?age :keys full-name age
                 :in $ ?email
                 :where [?p :person/email ?email] [?p :person/full-name ?name]
                        [?p :person/age ?age]]""", "ada@example.org"))
        .containsExactly(new Row(36, Optional.empty(), "Ada Lovelace"));
  }

  @Test
  void aRowHoldsWhatIsPulledInAQuery() {
    record Row(Person person, long adresses) {}
    List<Row> rows = said(ADA).query(Row.class, """
            [:find (pull ?p pattern) (count ?a) :in $ pattern
             :where [?p :person/addresses ?a]]""", Records.pattern(Person.class));
    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst().person().fullName()).isEqualTo("Ada Lovelace");
  }

  @Test
  void aRowThatDoesNotFitSaysWhere() {
    record Row(String email, String age) {}
    Db db = said(ADA);
    String query = "[:find ?email ?age :where [?p :person/email ?email] [?p :person/age ?age]]";
    assertThat(refused(() -> db.query(Row.class, query)))
        .hasMessageContaining("Component age of record Row")
        .hasMessageContaining("found 36, a Long in a row")
        .hasMessageContaining(":db.type/string");
    record Short(String email) {}
    assertThat(refused(() -> db.query(Short.class, query)))
        .hasMessageContaining("has 1 components, and a row of the query 2 values");
    assertThat(refused(() -> db.query(Short.class, "[:find ?e . :where [_ :person/email ?e]]")))
        .hasMessageContaining("doesn't give rows");
  }

  @Test
  void aValueThatDoesNotFitSaysWhere() {
    @Namespace("person")
    record Wrong(Instant age) {}
    Db db = said(ADA);
    long id = db.entid(email("ada@example.org")).orElseThrow();
    AnomalyException refused = refused(() -> db.pull(Wrong.class, id));
    assertThat(refused)
        .hasMessageContaining(
            "Component age of record Wrong (:person/age) found 36, a Long" + " on entity " + id)
        .hasMessageContaining("Expected a value of :db.type/instant that fits in Instant");
    assertThat(refused.anomaly().data())
        .containsEntry(kw("component"), "age")
        .containsEntry(kw("attribute"), kw("person/age"))
        .containsEntry(kw("found"), "java.lang.Long");
  }

  @Test
  void aRecordForWhatIsNoReferenceIsRefused() {
    @Namespace("person")
    record Wrong(Employee email) {}
    Db db = said(ADA);
    assertThat(refused(() -> db.pull(Wrong.class, email("ada@example.org"))))
        .hasMessageContaining("Component email of record Wrong (:person/email)")
        .hasMessageContaining("an entity for record Employee");
  }

  @Test
  void aNumberThatIsTooLargeIsNotCut() {
    connection.transact(
        List.of(Map.of(kw("everything/key"), "large", kw("everything/small"), 1L << 40)));
    @Namespace("everything")
    record Small(int small) {}
    assertThat(refused(
            () -> connection.db().pull(Small.class, List.of(kw("everything/key"), "large"))))
        .hasMessageContaining("fits in Integer");
  }

  @Test
  void aMissingValueSaysWhetherTheAttributeExists() {
    @Namespace("person")
    record Aged(String email, int age) {}
    @Namespace("person")
    record Misspelt(String email, String fulName) {}
    Db db = said(new Person("bo@example.org", "Bo"));
    assertThat(refused(() -> db.pull(Aged.class, email("bo@example.org"))))
        .hasMessageContaining("Component age of record Aged (:person/age) found no value on entity")
        .hasMessageContaining("Optional");
    assertThat(refused(() -> db.pull(Misspelt.class, email("bo@example.org"))))
        .hasMessageContaining("The database has no attribute :person/ful-name");
  }

  @Test
  void recordsThatNoDatabaseHasAreRefusedAtFirstUse() {
    record Odd(Thread thread) {}
    assertThat(refused(() -> Records.pattern(Odd.class)))
        .hasMessageContaining("Component thread of record Odd is declared as java.lang.Thread");
    record Deep(List<List<String>> lists) {}
    refused(() -> Records.pattern(Deep.class));
    record Twice(String name, @Attr("twice/name") String other) {}
    assertThat(refused(() -> Records.pattern(Twice.class)))
        .hasMessageContaining("has the attribute of another component");
    record Colon(@Attr(":a/b") String name) {}
    assertThat(refused(() -> Records.pattern(Colon.class)))
        .hasMessageContaining("without its colon");
  }

  record Hen(List<Egg> eggs) {}

  record Egg(Hen hen) {}

  @Test
  void recordsThatHoldEachOtherAreRefused() {
    assertThat(refused(() -> Records.pattern(Hen.class)))
        .hasMessageContaining("Component hen of record Egg (:egg/hen) holds record Hen");
  }

  @Test
  void whatTheConstructorRefusesIsSaid() {
    @Namespace("person")
    record Adult(int age) {
      Adult {
        if (age < 99) {
          throw new IllegalArgumentException("too young");
        }
      }
    }
    Db db = said(ADA);
    AnomalyException refused = refused(() -> db.pull(Adult.class, email("ada@example.org")));
    assertThat(refused).hasMessageContaining("record Adult").hasMessageContaining("too young");
    assertThat(refused).hasCauseInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void nullIsRefused() {
    Person nameless = nameless();
    assertThat(refused(() -> Records.txData(nameless)))
        .hasMessageContaining("Component fullName of record Person (:person/full-name) holds null");
  }

  @SuppressWarnings("NullAway") // what a careless caller makes
  private static Person nameless() {
    return new Person("x@x", null);
  }

  @Test
  void theSchemaOfRecordsFitsThemAndCanBeInstalledAgain() {
    assertThat(Records.check(connection.db(), Person.class, Everything.class, Folder.class))
        .isEmpty();
    assertThat(connection.transact(Records.schema(Person.class)).txData()).hasSize(1);
  }

  @Test
  void whatIsReadInTheOrderOfItsValuesSaysSo() {
    record Shelf(@Indexed long number, long width) {}
    connection.transact(Records.schema(Shelf.class));
    Db db =
        connection.transact(Records.txData(new Shelf(2, 80), new Shelf(1, 80))).dbAfter();
    assertThat(db.indexRange(kw("shelf/number"), null, null).map(Datom::v)).containsExactly(1L, 2L);
    assertThat(catchThrowableOfType(
                AnomalyException.class, () -> db.indexRange(kw("shelf/width"), null, null))
            .anomaly()
            .error())
        .contains(kw("db.error/attribute-not-indexed"));
    assertThat(Records.check(db, Shelf.class)).isEmpty();
  }

  @Test
  void differencesFromTheSchemaAreData() {
    @Namespace("person")
    record Other(
        @valence.api.record.Unique String fullName, List<Long> age, String shoeSize, Size size) {}
    var differences = Records.check(connection.db(), Other.class);
    assertThat(differences).hasSize(4 + 2);
    assertThat((Object) differences.get(0).ident()).isEqualTo(kw("person/full-name"));
    assertThat(differences.get(0).declared())
        .isEqualTo(Map.of(kw("db/unique"), kw("db.unique/identity")));
    assertThat(differences.get(0).found()).isEmpty();
    assertThat(differences.get(1).declared())
        .isEqualTo(Map.of(kw("db/cardinality"), kw("db.cardinality/many")));
    assertThat(differences.get(1).found())
        .isEqualTo(Map.of(kw("db/cardinality"), kw("db.cardinality/one")));
    assertThat(differences.get(2).found()).isEmpty();
    assertThat(differences.get(2).declared()).containsKey(kw("db/valueType"));
    assertThat(differences.get(2).place())
        .isEqualTo("Component shoeSize of record Other (:person/shoe-size)");
    assertThat(differences.get(4).place()).isEqualTo("Constant SMALL of enum Size");
  }

  enum Size {
    SMALL,
    LARGE
  }

  @Test
  void recordsThatDeclareAnAttributeDifferentlyAreRefused() {
    @Namespace("person")
    record Other(long email) {}
    assertThat(refused(() -> Records.schema(Person.class, Other.class)))
        .hasMessageContaining("Component email of record Other")
        .hasMessageContaining("Component email of record Person");
  }

  @Test
  void theAsyncFaceGivesTheSameOutcome() throws Exception {
    Db db = connection
        .transactAsync(Records.txData(ADA))
        .toCompletableFuture()
        .get()
        .dbAfter();
    String email = db.<String>qAsync("[:find ?e . :where [_ :person/email ?e]]")
        .toCompletableFuture()
        .get();
    assertThat(email).isEqualTo("ada@example.org");
    ExecutionException failed = catchThrowableOfType(
        ExecutionException.class,
        () -> connection.transactAsync("[{:no/such 1}]").toCompletableFuture().get());
    assertThat(failed).hasCauseInstanceOf(AnomalyException.class);
  }

  @Test
  void whatWasMadeOfADatabaseCanNotBeChanged() {
    Person found = said(ADA).pull(Person.class, email("ada@example.org")).orElseThrow();
    assertThatThrownBy(() -> found.aliases().add("x"))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> found.addresses().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
