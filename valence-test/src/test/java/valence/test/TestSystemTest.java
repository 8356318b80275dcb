package valence.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static valence.api.Valence.kw;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.api.Connection;
import valence.api.Valence;

/// A test system without JUnit's help.
class TestSystemTest {
  private static Client ion() {
    return Valence.client(Map.of("server-type", kw("ion")));
  }

  @Test
  void hostedCodeReachesTheSystemThatIsOpen() {
    try (TestSystem outer = TestSystem.open()) {
      outer.client().createDatabase("outer");
      try (TestSystem inner = TestSystem.open()) {
        inner.client().createDatabase("inner");
        assertThat(ion().listDatabases()).contains("inner").doesNotContain("outer");
      }
      assertThat(ion().listDatabases()).contains("outer").doesNotContain("inner");
    }
    assertThatThrownBy(TestSystemTest::ion).isInstanceOf(AnomalyException.class);
  }

  @Test
  void twoThreadsHaveTheirOwn() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Callable<List<String>>> runs = new ArrayList<>();
      for (String name : List.of("a", "b", "c", "d")) {
        runs.add(() -> {
          try (TestSystem system = TestSystem.open()) {
            system.client().createDatabase(name);
            return ion().listDatabases();
          }
        });
      }
      List<List<String>> found = new ArrayList<>();
      for (var run : threads.invokeAll(runs)) {
        found.add(run.get().stream().filter(name -> !name.equals("orders")).toList());
      }
      assertThat(found).containsExactly(List.of("a"), List.of("b"), List.of("c"), List.of("d"));
    }
  }

  @Test
  void aForkGoesItsOwnWay() {
    try (TestSystem system = TestSystem.open()) {
      Connection original = system.database("shop", "shop.edn", "items.edn");
      try (TestSystem fork = system.fork()) {
        Connection copy = fork.client().connect("shop");
        copy.transact("[{:item/sku \"pot\" :item/free 1}]");
        fork.client().createDatabase("more");
        original.transact("[{:item/sku \"cup\" :item/free 1}]");
        assertThat(copy.db().entid(List.of(kw("item/sku"), "cup"))).isEmpty();
        assertThat(copy.db().entid(List.of(kw("item/sku"), "pot"))).isPresent();
        assertThat(copy.db().basisT()).isEqualTo(original.db().basisT());
      }
      assertThat(original.db().entid(List.of(kw("item/sku"), "pot"))).isEmpty();
      assertThat(system.client().listDatabases()).containsExactly("orders", "shop");
    }
  }

  @Test
  void aFreshSystemHasWhatTheConfigurationSaysAndNoMore() {
    try (TestSystem system = TestSystem.open()) {
      Connection orders = system.client().connect("orders");
      assertThat(system.client().listDatabases()).containsExactly("orders");
      assertThat(orders.db().<Object>q("[:find (count ?i) . :where [?i :item/sku]]"))
          .isNull();
    }
  }

  @Test
  void aSystemThatIsClosedLeavesNoThread() throws InterruptedException {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    Set<Thread> begun = new HashSet<>();
    try (TestSystem system = TestSystem.open();
        TestSystem fork = system.fork()) {
      assertThat(system.ions().get("/").status()).isEqualTo(200);
      assertThat(fork.ions().get("/").status()).isEqualTo(200);
      begun.addAll(Thread.getAllStackTraces().keySet());
    }
    begun.removeAll(before);
    begun.removeIf(thread -> !thread.getName().startsWith("valence-"));
    assertThat(begun).isNotEmpty();
    for (Thread thread : begun) {
      assertThat(thread.join(Duration.ofSeconds(60))).as(thread.getName()).isTrue();
    }
  }

  @Test
  void aForkIsMadeTwoHundredTimes() {
    try (TestSystem system = TestSystem.open()) {
      long t = system.database("shop", "shop.edn", "items.edn").db().basisT();
      List<Long> micros = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        long begun = System.nanoTime();
        try (TestSystem fork = system.fork()) {
          assertThat(fork.client().connect("shop").db().basisT()).isEqualTo(t);
        }
        micros.add((System.nanoTime() - begun) / 1_000);
      }
      micros.sort(Long::compare);
      System.out.println("a fork, opened and closed: " + micros.get(100) + " µs in the median");
    }
  }

  @Test
  void anIsolatedApplicationSeesNothingOfTheTest() throws Exception {
    try (TestSystem system = TestSystem.isolated(TestSystem.classPath())) {
      system.database("shop", "shop.edn", "items.edn");
      assertThat(system.ions().call("valence.test.Shop/level", 9)).isEqualTo("good");
      assertThat(system.ions().get("/say").text()).isEqualTo("said");
      assertThat(system.casts()).hasSize(1);
      assertThat(system.client().connect("shop").db().entid(List.of(kw("item/sku"), "pot")))
          .isPresent();
    }
  }

  @Test
  void theSchemaThatTheApplicationCarriesIsThere() {
    try (TestSystem system = TestSystem.open()) {
      assertThat(system.client().connect("orders").db().entid(kw("item/sku"))).isPresent();
    }
  }

  @Test
  void parametersAndEnvironmentAreThoseOfTheTest() {
    try (TestSystem system = TestSystem.open()) {
      system.parameter("/shop/greeting", "hello");
      system.environment("env", "staging");
      try (TestSystem fork = system.fork()) {
        assertThat(fork.parameters().orElseThrow()).containsEntry("/shop/greeting", "hello");
        assertThat(valence.ion.Env.current()).containsEntry(kw("env"), "staging");
      }
    }
  }

  @Test
  void aMissingResourceIsNamed() {
    try (TestSystem system = TestSystem.open()) {
      assertThatThrownBy(() -> system.database("shop", "nothing.edn"))
          .isInstanceOf(AnomalyException.class)
          .hasMessageContaining("There is no resource nothing.edn on the class path.");
    }
  }
}
