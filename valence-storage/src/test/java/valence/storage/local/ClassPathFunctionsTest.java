package valence.storage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Db;
import valence.api.Valence;

/// Functions of the class path, in Java and in Clojure, do the same in every place that calls one.
class ClassPathFunctionsTest {
  private static final String JAVA = "valence.storage.local.ClassPathFunctionsTest$Fns";
  private static final String CLOJURE = "valence.storage.local.stock-fns";

  /// The functions of `stock_fns.clj`, in Java.
  public static final class Fns {
    private Fns() {}

    public static List<?> takeItems(Db db, String sku, int quantity) {
      Object item = List.of(kw("item/sku"), sku);
      long free = (Long) db.pull(List.of(kw("item/free")), item).get(kw("item/free"));
      if (free < quantity) {
        throw Anomaly.of(Anomaly.Category.CONFLICT, "Only " + free + " are left.")
            .toException();
      }
      return List.of(Map.of(kw("db/id"), item, kw("item/free"), free - quantity));
    }

    public static List<?> takeTwice(Db db, String sku) {
      return List.of(List.of(clojure.lang.Symbol.intern(JAVA + "/takeItems"), sku, 1));
    }

    public static String shout(String text) {
      return text.toUpperCase(java.util.Locale.ROOT);
    }

    public static boolean isScarce(long free) {
      return free < 5;
    }

    public static boolean isPositive(long free) {
      return free >= 0;
    }

    public static long spread(Collection<Long> numbers) {
      return java.util.Collections.max(numbers) - java.util.Collections.min(numbers);
    }

    public static List<@Nullable Object> two(@Nullable Object first, @Nullable Object second) {
      return java.util.Arrays.asList(first, second);
    }

    public static long sum(long... numbers) {
      return java.util.Arrays.stream(numbers).sum();
    }

    public static String kind(Instant instant) {
      return "instant";
    }

    public static long count(Db db, Keyword attribute) {
      return db.datoms(valence.api.Index.AEVT, attribute).count();
    }

    public static long fails() {
      throw new IllegalStateException("no");
    }

    static long hidden() {
      return 1;
    }
  }

  private Client client = open(null);
  private Connection connection = connect();

  private static Client open(@Nullable Object functions) {
    return functions == null
        ? Valence.client(Map.of("server-type", kw("local"), "storage-dir", kw("mem")))
        : Valence.client(
            Map.of("server-type", kw("local"), "storage-dir", kw("mem"), "functions", functions));
  }

  private Connection connect() {
    client.createDatabase("stock");
    Connection connected = client.connect("stock");
    connected.transact("""
        [{:db/ident :item/sku :db/valueType :db.type/string :db/cardinality :db.cardinality/one
          :db/unique :db.unique/identity}
         {:db/ident :item/free :db/valueType :db.type/long :db/cardinality :db.cardinality/one}]
        """);
    connected.transact("[{:item/sku \"tea\" :item/free 10} {:item/sku \"pot\" :item/free 2}]");
    return connected;
  }

  private void reopen(Object functions) {
    client.close();
    client = open(functions);
    connection = connect();
  }

  @AfterEach
  void close() {
    client.close();
  }

  private Set<Object> found(String query, Object... inputs) {
    Collection<Object> rows = connection.db().q(query, inputs);
    return new HashSet<>(rows);
  }

  private static Anomaly refused(ThrowingCallable call) {
    return catchThrowableOfType(AnomalyException.class, call).anomaly();
  }

  @ParameterizedTest
  @CsvSource({JAVA + ",takeItems,takeTwice", CLOJURE + ",take-items,take-twice"})
  void aTransactionCallsThem(String holder, String take, String takeTwice) {
    connection.transact("[[" + holder + "/" + take + " \"tea\" 3]]");
    connection.transact("[(" + holder + "/" + takeTwice + " \"tea\")]");
    assertThat(connection.db().pull("[:item/free]", List.of(kw("item/sku"), "tea")))
        .isEqualTo(Map.of(kw("item/free"), 6L));

    long t = connection.db().basisT();
    Anomaly conflict =
        refused(() -> connection.transact("[[" + holder + "/" + take + " \"pot\" 3]]"));
    assertThat(conflict.category()).isEqualTo(Anomaly.Category.CONFLICT);
    assertThat(conflict.message()).contains("Only 2 are left.");
    assertThat(connection.db().basisT()).isEqualTo(t);
    assertThat(connection.db().with("[[" + holder + "/" + take + " \"tea\" 1]]").txData())
        .hasSize(3);
  }

  @ParameterizedTest
  @CsvSource({JAVA + ",shout,isScarce,spread,two", CLOJURE + ",shout,scarce?,spread,two"})
  void aQueryCallsThemAsFunctionsPredicatesAndAggregates(
      String holder, String shout, String scarce, String spread, String two) {
    String in = holder + "/";
    assertThat(found("[:find ?u :where [_ :item/sku ?s] [(" + in + shout + " ?s) ?u]]"))
        .isEqualTo(Set.of(List.of("TEA"), List.of("POT")));
    assertThat(found("[:find [?s ...] :where [?i :item/sku ?s] [?i :item/free ?f] [(" + in + scarce
            + " ?f)]]"))
        .isEqualTo(Set.of("pot"));
    Object range = connection.db().q("[:find (" + in + spread + " ?f) . :where [_ :item/free ?f]]");
    assertThat(range).isEqualTo(8L);
    assertThat(found("[:find ?a ?b :where [?i :item/sku ?s] [?i :item/free ?f] [(" + in + two
            + " ?s ?f) [?a ?b]]]"))
        .isEqualTo(Set.of(List.of("tea", 10L), List.of("pot", 2L)));
  }

  @ParameterizedTest
  @ValueSource(strings = {JAVA, CLOJURE})
  void aPullCallsThemAsXforms(String holder) {
    assertThat(connection
            .db()
            .pull("[(:item/sku :xform " + holder + "/shout)]", List.of(kw("item/sku"), "tea")))
        .isEqualTo(Map.of(kw("item/sku"), "TEA"));
  }

  @ParameterizedTest
  @ValueSource(strings = {JAVA + "/isPositive", CLOJURE + "/positive?"})
  void attributesCallThemAsPredicates(String predicate) {
    connection.transact("[{:db/id :item/free :db.attr/preds " + predicate + "}]");
    Anomaly refusal = refused(() -> connection.transact("[{:item/sku \"cup\" :item/free -1}]"));
    assertThat(refusal.error()).contains(kw("db.error/attr-pred"));
  }

  @Test
  void dataFitsTheTypesOfParameters() {
    Db db = connection.db();
    Object sum = db.q("[:find ?s . :where [(" + JAVA + "/sum 1 2 3) ?s]]");
    assertThat(sum).isEqualTo(6L);
    Object kind = db.q("[:find ?k . :in $ ?i :where [(" + JAVA + "/kind ?i) ?k]]", new Date(0));
    assertThat(kind).isEqualTo("instant");
    Object count = db.q("[:find ?n . :where [(" + JAVA + "/count $ :item/sku) ?n]]");
    assertThat(count).isEqualTo(2L);
    Anomaly wrong = refused(() -> db.<Object>q("[:find ?s . :where [(" + JAVA + "/shout 7) ?s]]"));
    assertThat(wrong.error()).contains(kw("db.error/wrong-arguments"));
    assertThat(wrong.message()).contains("was given 7, a Long, as argument 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "no.such.ns/f|NOT_FOUND|Unable to load namespace for no.such.ns/f.",
        CLOJURE + "/nope|NOT_FOUND|Unable to resolve '" + CLOJURE + "/nope'.",
        CLOJURE + "/not-a-function|NOT_FOUND|Unable to resolve",
        CLOJURE + "/a-macro|NOT_FOUND|Unable to resolve",
        JAVA + "/nope|NOT_FOUND|Unable to resolve",
        JAVA + "/hidden|NOT_FOUND|Unable to",
        "valence.storage.local.broken-fns/f|NOT_FOUND|Unable to load namespace",
        "java.lang.System/exit|FORBIDDEN|'java.lang.System/exit' is not allowed.",
        "clojure.core/slurp|FORBIDDEN|'clojure.core/slurp' is not allowed.",
        "unqualified|FORBIDDEN|'unqualified' is not allowed.",
      })
  void whatIsNotThereOrNotAllowedIsSaidToBe(
      String name, Anomaly.Category category, String message) {
    Anomaly transaction = refused(() -> connection.transact("[[" + name + " 1]]"));
    assertThat(transaction.category()).as(transaction.toString()).isEqualTo(category);
    assertThat(transaction.message()).contains(message);
    if (name.contains("/")) {
      Anomaly query = refused(() ->
          connection.db().<Object>q("[:find ?x :where [_ :item/sku ?s] [(" + name + " ?s) ?x]]"));
      assertThat(query.category()).as(query.toString()).isEqualTo(category);
      assertThat(query.message()).contains(message);
    }
  }

  @Test
  void whatAFunctionThrowsIsTheCause() {
    Anomaly query =
        refused(() -> connection.db().<Object>q("[:find ?x :where [(" + JAVA + "/fails) ?x]]"));
    assertThat(query.category()).isEqualTo(Anomaly.Category.INCORRECT);
    Anomaly arity = refused(() -> connection.transact("[[" + CLOJURE + "/take-items]]"));
    assertThat(arity.category()).isEqualTo(Anomaly.Category.INCORRECT);
  }

  @Test
  void aListOfFunctionsAllowsNothingElse() {
    reopen(List.of(JAVA + "/shout", clojure.lang.Symbol.intern(CLOJURE, "*")));
    String query = "[:find [?x ...] :where [_ :item/sku ?s] [(%s ?s) ?x]]";
    for (String name : List.of(JAVA + "/shout", CLOJURE + "/shout")) {
      assertThat(found(query.formatted(name))).isEqualTo(Set.of("TEA", "POT"));
    }
    Anomaly other = refused(() -> found(query.formatted(JAVA + "/two")));
    assertThat(other.category()).isEqualTo(Anomaly.Category.FORBIDDEN);
    assertThat(other.message()).contains("List " + JAVA + "/two");

    reopen(List.of());
    assertThat(refused(() -> found(query.formatted(JAVA + "/shout"))).category())
        .isEqualTo(Anomaly.Category.FORBIDDEN);
  }

  @Test
  void aListThatIsNoneIsRefused() {
    List<Object> wrong = new ArrayList<>(List.of("f", 7));
    for (Object functions : List.of(wrong, "my.ns/f", 7)) {
      assertThat(refused(() -> open(functions)).category()).isEqualTo(Anomaly.Category.INCORRECT);
    }
  }

  @Test
  void clientsOfOneSystemHaveOneList() {
    var config = Map.of(
        "server-type", kw("local"),
        "storage-dir", kw("mem"),
        "system", "one-list");
    Client first = Valence.client(config);
    Client second = Valence.client(config);
    var other = new java.util.HashMap<String, Object>(config);
    other.put("functions", List.of("my.ns/f"));
    assertThat(refused(() -> Valence.client(other)).message()).contains("with other :functions");
    first.close();
    second.close();
    Valence.client(other).close();
  }
}
