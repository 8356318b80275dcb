package valence.engine.tx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Datom;
import valence.api.Db;
import valence.engine.db.Database;
import valence.engine.function.AppFunction;
import valence.engine.function.FunctionResolver;
import valence.ion.Tx;

class TransactionsTest {
  private static final Keyword PRED_RETURN = Keyword.intern("db.error", "pred-return");

  private final Example example = Example.create();
  private final Database db = example.database();

  /// These functions are given a database, and don't read it.
  private static final Db UNREADABLE = (Db) Proxy.newProxyInstance(
      Db.class.getClassLoader(), new Class<?>[] {Db.class}, (_, method, _) -> {
        throw new UnsupportedOperationException(method.getName());
      });

  private interface Body {
    @Nullable Object call(@Nullable Object[] args) throws Exception;
  }

  private static AppFunction function(Body body) {
    return new AppFunction() {
      @Override
      public @Nullable Object invoke(@Nullable Object... args) throws Exception {
        return body.call(args);
      }

      @Override
      public Map<Keyword, Object> provenance() {
        return Map.of(
            Keyword.intern("valence.tx", "revision"),
            "abc",
            Keyword.intern("valence.tx", "function"),
            List.of("my.app/f"));
      }
    };
  }

  /// A context that knows functions by name, and hands them no database.
  private static TxContext knowing(Map<String, Body> bodies) {
    FunctionResolver functions = (name, _) -> {
      Body body = bodies.get(name.toString());
      return body == null
          ? FunctionResolver.none().resolve(name, FunctionResolver.Use.TRANSACTION)
          : function(body);
    };
    return new TxContext(functions, _ -> UNREADABLE, Example.NOW, Optional.empty());
  }

  private static Transacted transact(Database db, String txData, TxContext context) {
    return Transactions.transact(db, Example.read(txData), context);
  }

  private Transacted transact(String txData) {
    return transact(db, txData, Example.CONTEXT);
  }

  private static Anomaly refused(Database db, Object txData, TxContext context) {
    return assertThrows(AnomalyException.class, () -> Transactions.transact(db, txData, context))
        .anomaly();
  }

  private Anomaly refused(String txData) {
    return refused(db, Example.read(txData), Example.CONTEXT);
  }

  private static String error(Anomaly anomaly) {
    return anomaly.error().map(Keyword::getName).orElse("none");
  }

  @Test
  void aFunctionsFormsAreExpandedUntilOnlyFactsRemain() {
    TxContext context = knowing(Map.of(
        "my.app/twice", args -> List.of(List.of(symbol("my.app/once"), args[1]), Map.of()),
        "my.app/once", args -> List.of(Map.of(Keyword.intern("p", "name"), args[1])),
        "my.app/nothing", _ -> null));
    Transacted transacted = transact(db, "[[my.app/twice \"X\"] [my.app/nothing]]", context);
    List<Object> values = transacted.txData().stream().map(Datom::v).toList();
    assertTrue(values.contains("X"));
    assertTrue(values.containsAll(List.of("abc", "my.app/f")), "which code ran " + values);
    assertEquals(4, values.size());
  }

  @Test
  void aFunctionsMistakesAreRefused() {
    TxContext context = knowing(Map.of(
        "my.app/map",
        _ -> Map.of(Keyword.intern("p", "name"), "X"),
        "my.app/text",
        _ -> "text",
        "my.app/loop",
        _ -> List.of(List.of(symbol("my.app/loop"))),
        "my.app/throw",
        _ -> List.of().getFirst(),
        "my.app/cancel",
        _ -> {
          throw Tx.cancel("conflict", "Sold out.");
        }));
    assertEquals("not-a-data-function", error(refused(db, call("my.app/map"), context)));
    assertEquals("not-transaction-data", error(refused(db, call("my.app/text"), context)));
    assertTrue(refused(db, call("my.app/loop"), context).message().contains("depth"));
    assertEquals(
        Anomaly.Category.INCORRECT, refused(db, call("my.app/throw"), context).category());
    assertEquals("Sold out.", refused(db, call("my.app/cancel"), context).message());
    assertEquals(
        Anomaly.Category.NOT_FOUND, refused(db, call("my.app/none"), context).category());
    assertEquals(Anomaly.Category.FORBIDDEN, refused(db, call("bare"), context).category());
  }

  private static List<Object> call(String name) {
    return List.of(List.of(symbol(name)));
  }

  private static Symbol symbol(String name) {
    int slash = name.indexOf('/');
    return slash < 0
        ? Symbol.intern(null, name)
        : Symbol.intern(name.substring(0, slash), name.substring(slash + 1));
  }

  @Test
  void predicatesPassOnlyTrue() {
    TxContext context = knowing(Map.of(
        "my.app/short?", args -> ((String) Optional.ofNullable(args[0]).get()).length() < 5,
        "my.app/truthy", _ -> "yes",
        "my.app/entity?", args -> args.length == 2 && args[1] instanceof Long));
    Database with = transact(
            db,
            "[{:db/id :p/name :db.attr/preds my.app/short?}"
                + " {:db/id :p/ssn :db.attr/preds my.app/truthy}"
                + " {:db/ident :spec/good :db.entity/preds my.app/entity?}"
                + " {:db/ident :spec/bad :db.entity/preds [my.app/truthy my.app/entity?]}]",
            context)
        .after();
    transact(with, "[{:p/name \"Ann\" :db/ensure :spec/good}]", context);
    Object tooLong = Example.read("[{:p/name \"Annabelle\"}]");
    Anomaly anomaly = refused(with, tooLong, context);
    assertEquals("attr-pred", error(anomaly));
    assertEquals(false, anomaly.data().get(PRED_RETURN));
    anomaly = refused(with, Example.read("[{:p/ssn \"1\"}]"), context);
    assertEquals("yes", anomaly.data().get(PRED_RETURN));
    Object ensured = Example.read("[{:db/id :red :db/ensure [:spec/good :spec/bad]}]");
    assertEquals("entity-pred", error(refused(with, ensured, context)));
    assertEquals(
        "invalid-alter-attribute", error(refused("[{:db/id :p/name :db.attr/preds bare}]")));
  }

  @Test
  void aRequestIdIsSaidOnTheTransaction() {
    UUID id = new UUID(1, 2);
    TxContext context =
        new TxContext(FunctionResolver.none(), _ -> UNREADABLE, Example.NOW, Optional.of(id));
    Transacted transacted = transact(db, "[]", context);
    assertEquals(id, transacted.txData().get(1).v());
    Anomaly again = refused(transacted.after(), List.of(), context);
    assertEquals("unique-conflict", error(again));
  }

  @Test
  void instantsNeverGoBack() {
    TxContext earlier = new TxContext(
        FunctionResolver.none(),
        _ -> UNREADABLE,
        Instant.parse("2020-01-01T00:00:00Z"),
        Optional.empty());
    assertEquals(
        Date.from(Example.NOW), transact(db, "[]", earlier).txData().getFirst().v());
    assertEquals(
        "past-tx-instant",
        error(refused("[{:db/id \"datomic.tx\" :db/txInstant #inst \"2024-05-31\"}]")));
    assertEquals(
        "future-tx-instant",
        error(refused("[{:db/id \"datomic.tx\" :db/txInstant #inst \"2024-06-02\"}]")));
    assertEquals(
        "reset-tx-instant", error(refused("[[:db/add :red :db/txInstant #inst \"2024-06-01\"]]")));
    long tx = transact("[]").txData().getFirst().e() - 1;
    assertEquals(
        "reset-tx-instant",
        error(refused(db, List.of(List.of(keyword("db/retractEntity"), tx)), Example.CONTEXT)));
  }

  private static Keyword keyword(String name) {
    return Keyword.intern(name);
  }

  /// Two identities by reference to temporary ids, three deep: found whatever the order of the
  /// forms.
  @Test
  void upsertsThroughReferencesReachAFixedPoint() {
    Database with = transact("[{:db/ident :u/ref :db/valueType :db.type/ref :db/cardinality"
            + " :db.cardinality/one :db/unique :db.unique/identity}]")
        .after();
    with = transact(
            with,
            "[{:db/id \"a\" :u/ref [:p/email \"al@x\"]} {:db/id \"b\" :u/ref \"a\"}"
                + " {:db/id \"c\" :u/ref \"b\" :p/name \"found\"}]",
            Example.CONTEXT)
        .after();
    List<Object> forms = new ArrayList<>(
        (List<?>) Example.read("[{:db/id \"e\" :p/email \"al@x\"} {:db/id \"a\" :u/ref \"e\"}"
            + " {:db/id \"b\" :u/ref \"a\"} {:db/id \"c\" :u/ref \"b\" :p/age 1}"
            + " {:db/id \"d\" :u/ref \"c\"} {:db/id \"d2\" :u/ref \"c\"}]"));
    long seed = 42;
    Random random = new Random(seed);
    Set<Map<String, Long>> outcomes = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      Transacted transacted = Transactions.transact(with, forms, Example.CONTEXT);
      Map<String, Long> tempids = new HashMap<>(transacted.tempids());
      assertTrue(with.isIssued(tempids.getOrDefault("c", -1L)), "seed " + seed + " " + forms);
      assertEquals(tempids.get("d"), tempids.get("d2"));
      outcomes.add(tempids);
      Collections.shuffle(forms, random);
    }
    assertEquals(1, outcomes.size(), outcomes.toString());
  }

  @Test
  void ofTwoEntitiesWithOneNewIdentityNeitherIsTheOther() {
    assertEquals(
        "datoms-conflict",
        error(refused("[{:db/id \"a\" :p/email \"al@x\" :p/acct 9} {:db/id \"b\" :p/email \"bo@x\""
            + " :p/acct 9}]")));
  }

  @Test
  void aTupleThatRefersToATemporaryIdFindsItsHolder() {
    Database with = transact(
            db,
            "[{:db/ident :u/t :db/valueType :db.type/tuple :db/cardinality :db.cardinality/one"
                + " :db/tupleTypes [:db.type/ref :db.type/long] :db/unique :db.unique/identity}]",
            Example.CONTEXT)
        .after();
    Transacted held =
        transact(with, "[{:db/id \"h\" :u/t [[:p/email \"al@x\"] 5]}]", Example.CONTEXT);
    Transacted found = transact(
        held.after(),
        "[{:db/id \"q\" :u/t [\"al\" 5] :p/age 1} {:db/id \"al\" :p/email \"al@x\"}]",
        Example.CONTEXT);
    assertEquals(held.tempids().get("h"), found.tempids().get("q"));
  }

  @Test
  void nanReplacesNothingAndTheReportSaysSo() {
    String al = "[:p/email \"al@x\"]";
    Transacted ignored = transact("[[:db/add " + al + " :v/dbl ##NaN]]");
    assertEquals(1, ignored.txData().size());
    assertTrue(ignored.stats().warnings().getFirst().contains(":v/dbl"));
    Database nan = transact("[{:p/email \"nan@x\" :v/dbl ##NaN}]").after();
    Transacted over = transact(nan, "[{:p/email \"nan@x\" :v/dbl 1.0}]", Example.CONTEXT);
    assertEquals(1, over.txData().size());
    assertEquals(1, over.stats().warnings().size());
  }

  @Test
  void refusalsFoundLateNameTheFormAndTheCallersNames() {
    Anomaly unique = refused("[{:p/name \"X\"} {:db/id \"me\" :p/ssn \"S-1\"}]");
    assertEquals(1L, unique.data().get(Keyword.intern("form-index")));
    assertTrue(unique.message().contains("for: \"me\""), unique.message());
    assertTrue(unique.message().contains("by: [:p/email \"bo@x\"]"), unique.message());
    Anomaly schema = refused("[{:p/name \"X\"} {:db/id :p/age :db/valueType :db.type/string}]");
    assertEquals(1L, schema.data().get(Keyword.intern("form-index")));
    Anomaly facts = refused("[{:p/age 1} {:db/id \"me\" :p/age 1} {:db/id \"me\" :p/age 2}]");
    assertEquals(2L, facts.data().get(Keyword.intern("form-index")));
    assertTrue(facts.message().contains("\"me\" :p/age 1] of form 1"), facts.message());
  }

  @Test
  void theMessageNamesTheFormAndTheNearestIdent() {
    Anomaly anomaly = refused("[{:p/name \"X\"} {:p/nmae \"Y\"}]");
    assertTrue(anomaly.message().contains("Form 1"), anomaly.message());
    assertTrue(anomaly.message().contains(":p/name"), anomaly.message());
  }

  @Test
  void whatNobodyMayWriteIsRefused() {
    for (String txData : List.of(
        "[[:db/add :db.type/long :db/ident :my/long]]",
        "[[:db/retract :db.part/db :db.install/attribute :p/name]]",
        "[[:db/add :db.part/db :db.install/attribute :db.type/long]]",
        "[[:db/add :db.part/db :db.install/valueType :red]]",
        "[[:db/retractEntity :db/ident]]")) {
      assertEquals("datom-cannot-be-altered", refusedName(txData), txData);
    }
    assertEquals(
        "not-in-system-partition", refusedName("[[:db/add :red :db/valueType :db.type/long]]"));
    assertEquals("invalid-excision", refusedName("[{:db/excise :db/ident}]"));
    assertEquals("not-a-keyword", refusedName("[{\"p/name\" \"X\"}]"));
    assertEquals("not-a-data-function", refusedName("{:p/name \"X\"}"));
  }

  private String refusedName(String txData) {
    return error(refused(txData));
  }

  @Test
  void deepMapsAreRefusedBeforeTheStackEnds() {
    Object map = Map.of(keyword("a/street"), "end");
    for (int i = 0; i <= Expansion.NESTING_MAX; i++) {
      map = Map.of(keyword("p/addr"), map);
    }
    Anomaly anomaly = refused(db, List.of(map), Example.CONTEXT);
    assertTrue(anomaly.message().contains("nest"), anomaly.message());
  }

  @Test
  void stringsEndAtTheLimit() {
    String longest = "é".repeat(Values.STRING_UNITS_MAX);
    Object good = List.of(Map.of(keyword("p/name"), longest));
    Transactions.transact(db, good, Example.CONTEXT);
    Object bad = List.of(Map.of(keyword("p/name"), longest + "x"));
    Anomaly anomaly = refused(db, bad, Example.CONTEXT);
    assertEquals("none", error(anomaly));
    assertEquals(4097L, anomaly.data().get(keyword("count")));
  }

  @Test
  void attributesHaveIdsOfTheirOwn() {
    Transacted transacted =
        transact("[{:db/id \"e\" :p/name \"X\"} {:db/id \"a\" :db/ident :n/a :db/valueType"
            + " :db.type/long :db/cardinality :db.cardinality/one :db/index true}]");
    Long attribute = transacted.tempids().get("a");
    Long entity = transacted.tempids().get("e");
    assertEquals((long) db.nextAttribute(), attribute);
    assertNotEquals(attribute, entity);
    assertNull(db.schema().attribute(keyword("n/a")));
    assertEquals(
        db.nextAttribute(), Example.attribute(transacted.after(), "n/a").id());
    assertEquals(db.nextAttribute() + 1, transacted.after().nextAttribute());
  }
}
