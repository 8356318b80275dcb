package valence.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static valence.api.Valence.kw;

import clojure.lang.IPersistentList;
import clojure.lang.IPersistentVector;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.api.TxReport;

final class ResolverTest {
  private static final long TX = 3L << 42;

  /// What was asked of the database, which otherwise only counts its transactions.
  private final List<String> asked = new ArrayList<>();

  private final Db db = (Db) Proxy.newProxyInstance(
      ResolverTest.class.getClassLoader(),
      new Class<?>[] {Db.class},
      (self, method, args) -> answer(self, method.getName(), args));

  private final Connection connection = (Connection) Proxy.newProxyInstance(
      ResolverTest.class.getClassLoader(),
      new Class<?>[] {Connection.class},
      (_, method, _) -> method.getName().equals("db") ? db : null);

  private final Session session = Session.over(
      (Client) Proxy.newProxyInstance(
          ResolverTest.class.getClassLoader(), new Class<?>[] {Client.class}, (_, _, _) -> null),
      connection);

  private Object answer(Object self, String method, Object @Nullable [] args) {
    return switch (method) {
      case "basisT" -> 1_007L;
      case "entid" ->
        args != null && args[0].equals(kw("color/red"))
            ? OptionalLong.of(70)
            : OptionalLong.empty();
      case "with" -> {
        asked.add("with " + Shown.text(args == null ? null : args[0]));
        yield report(Map.of("speculated", 99L));
      }
      case "asOf", "since", "history" -> {
        asked.add(method + (args == null ? "" : " " + Shown.text(args[0])));
        yield self;
      }
      default -> throw new AssertionError("nobody asks for " + method);
    };
  }

  private TxReport report(Map<String, Long> tempids) {
    return new TxReport(db, db, List.of(new Datom(TX + 7, 50, "v", TX + 7, true)), tempids);
  }

  private @Nullable Object resolved(String text) {
    return Resolver.resolve(Forms.read(text), session);
  }

  @Test
  void collectionsKeepTheirKind() {
    session.bind(report(Map.of("ann", 11L)), 1L);
    assertThat(resolved("[#eid \"ann\" 2]"))
        .isInstanceOf(IPersistentVector.class)
        .isEqualTo(List.of(11L, 2L));
    assertThat(resolved("(#eid \"ann\" nil)"))
        .isInstanceOf(IPersistentList.class)
        .isEqualTo(Arrays.asList(11L, null));
    assertThat(resolved("#{#eid \"ann\"}")).isEqualTo(Set.of(11L));
    assertThat(resolved("{:a {#eid \"ann\" [#eid \"ann\"]}}"))
        .isEqualTo(Map.of(kw("a"), Map.of(11L, List.of(11L))));
    Object plain = Forms.read("[:find ?x :where (not [?x :a {1 #{2}}])]");
    assertThat(Resolver.resolve(plain, session)).isSameAs(plain);
  }

  @Test
  void aNameIsNeverBoundAgainAndTheTransactionIsNone() {
    session.bind(report(Map.of("ann", 11L, "datomic.tx", TX + 7)), 1L);
    session.bind(report(Map.of("ann", 12L, "bob", 13L)), "suite/002");
    assertThat(resolved("[#eid \"ann\" #eid \"bob\"]")).isEqualTo(List.of(11L, 13L));
    assertThatThrownBy(() -> resolved("#eid \"datomic.tx\"")).isInstanceOf(Unresolved.class);
  }

  @Test
  void aBranchForgets() {
    Session branch = session.branch();
    branch.bind(report(Map.of("ann", 11L)), "suite/001");
    assertThat(branch.eid("ann")).isEqualTo(11);
    assertThatThrownBy(() -> session.eid("ann")).isInstanceOf(Unresolved.class);
    assertThatThrownBy(() -> session.point("suite/001")).isInstanceOf(Unresolved.class);
  }

  @Test
  void identsTransactionsAndBasisResolve() {
    session.bind(report(Map.of()), 1L);
    session.bind(report(Map.of()), "s1");
    assertThat(resolved("[#eid :color/red #tx 1 #tx \"s1\" #t 1]"))
        .isEqualTo(List.of(70L, TX + 7, TX + 7, 1_007L));
    assertThatThrownBy(() -> resolved("#eid :color/blue")).isInstanceOf(Unresolved.class);
    assertThatThrownBy(() -> resolved("#tx 2")).isInstanceOf(Unresolved.class);
    assertThatThrownBy(() -> resolved("#t \"s2\"")).isInstanceOf(Unresolved.class);
  }

  @Test
  void aDatabaseIsViewedInTheOrderThatTheCorpusSays() {
    session.bind(report(Map.of()), 1L);
    assertThat(resolved("#db {:history true :since 1 :as-of #tx 1"
            + " :with [[[:db/add \"n\" :a 1]] [[:db/add #eid \"speculated\" :a 2]]]}"))
        .isSameAs(db);
    assertThat(asked)
        .containsExactly(
            "with [[:db/add \"n\" :a 1]]",
            "with [[:db/add 99 :a 2]]",
            "asOf " + (TX + 7),
            "since 1007",
            "history");
  }

  @Test
  void anIntegerThatIsNoTransactionNumberIsATimePointAsItIs() {
    session.bind(report(Map.of()), 1L);
    resolved("[#db {:as-of 1} #db {:as-of 1000000} #db {:since #inst \"2024-01-01\"}]");
    assertThat(asked)
        .containsExactly("asOf 1007", "asOf 1000000", "since #inst \"2024-01-01T00:00:00Z\"");
  }

  @Test
  void anUnknownDatabaseIsRefused() {
    assertThatThrownBy(() -> resolved("#db {:name \"b\"}")).isInstanceOf(Unresolved.class);
    assertThatThrownBy(() -> resolved("#db 1")).isInstanceOf(Unresolved.class);
  }

  @Test
  void theLogIsTheConnection() {
    assertThat(resolved("#log {}")).isSameAs(connection);
  }
}
