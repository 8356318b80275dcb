package valence.node.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import clojure.lang.Keyword;
import clojure.lang.PersistentVector;
import clojure.lang.Symbol;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.engine.function.AppFunction;
import valence.engine.function.FunctionResolver.Use;
import valence.ion.AppInfo;
import valence.node.testing.MemorySystem;
import valence.node.testing.TestApplication;
import valence.node.testing.TestJar;
import valence.wire.ion.IonConfig;

final class ApplicationTest {
  @TempDir
  Path directory;

  private final Client system = MemorySystem.open();

  private Application load(String config, Map<String, String> sources) throws IOException {
    Path jar = TestJar.compile(directory, "app" + Math.abs(sources.hashCode()), sources);
    return Application.load(
        new AppInfo("test", "solo", "r1"), IonConfig.parse(config), List.of(jar), system);
  }

  private @Nullable Object call(Application application, String name, @Nullable Object... arguments)
      throws Exception {
    return application.function(Symbol.intern(name), Use.QUERY).orElseThrow().call(arguments);
  }

  @Test
  void argumentsFitNaturalParameterTypes() throws Exception {
    Application application = load("{:app-name \"test\" :allow [a.B/*]}", Map.of("a.B", """
        package a;
        import java.util.*;
        public class B {
          public static String primitives(int i, long l, double d, boolean b, char c) {
            return i + " " + l + " " + d + " " + b + " " + c;
          }
          public static int sum(int first, int... more) {
            for (int each : more) first += each;
            return first;
          }
          public static String list(List<?> list, Map<?, ?> map, clojure.lang.Keyword k) {
            return list.size() + " " + map.size() + " " + k.getName();
          }
          public static String when(java.time.Instant at) { return at.toString(); }
          public static String text(Object any) { return String.valueOf(any); }
          public static String over(long n) { return "long"; }
          public static String over(String s) { return "text"; }
        }
        """));
    assertThat(call(application, "a.B/primitives", 1L, 2, 3L, true, 'x'))
        .isEqualTo("1 2 3.0 true x");
    assertThat(call(application, "a.B/sum", 1L)).isEqualTo(1);
    assertThat(call(application, "a.B/sum", 1L, 2L, 3L)).isEqualTo(6);
    assertThat(call(
            application,
            "a.B/list",
            PersistentVector.create(1, 2),
            Map.of("a", 1),
            Keyword.intern("k")))
        .isEqualTo("2 1 k");
    assertThat(call(application, "a.B/when", new java.util.Date(0)))
        .isEqualTo("1970-01-01T00:00:00Z");
    assertThat(call(application, "a.B/text", (Object) null)).isEqualTo("null");
    assertThat(call(application, "a.B/over", 1L)).isEqualTo("long");
    assertThat(call(application, "a.B/over", "x")).isEqualTo("text");
    assertThatThrownBy(() -> call(application, "a.B/primitives", 1L << 40, 2L, 3.0, true, 'x'))
        .hasMessageContaining("a.B/primitives was given 1099511627776, a Long, as argument 1");
    assertThatThrownBy(() -> call(application, "a.B/sum"))
        .hasMessageContaining("was given 0 arguments. Expected sum(int first, int... more)");
    assertThatThrownBy(() -> call(application, "a.B/sum", (Object) null))
        .hasMessageContaining("was given nil as argument 1");
  }

  @Test
  void aMissingFunctionIsNamedWithTheReason() {
    Map<String, String> source =
        Map.of("a.B", "package a; public class B { public static void x() {} void y() {} }");
    assertThatThrownBy(() -> load("{:app-name \"t\" :allow [a.B/z]}", source))
        .hasMessageContaining("a.B/z can't be called. Class a.B has no public static method z");
    assertThatThrownBy(() -> load("{:app-name \"t\" :allow [a.B/y]}", source))
        .hasMessageContaining("a.B/y can't be called.");
    assertThatThrownBy(() -> load("{:app-name \"t\" :allow [a.C/x]}", source))
        .hasMessageContaining("a.C/x can't be called. There is no class a.C");
    assertThatThrownBy(() -> load("{:app-name \"t\" :http-direct {:handler-fn a.B/x}}", source))
        .hasMessageContaining("An HTTP handler takes (HttpRequest) and gives HttpResponse");
    assertThatThrownBy(() -> load("{:app-name \"t\" :lambdas {:x {:fn a.B/x}}}", source))
        .hasMessageContaining(
            "A Lambda function takes (payload) or (payload, LambdaContext context)");
  }

  @Test
  void aClassThatDoesntLoadIsNamedWithTheReason() {
    assertThatThrownBy(() -> load("{:app-name \"t\" :allow [a.Broken/x]}", Map.of("a.Broken", """
        package a;
        public class Broken {
          static { if (true) throw new IllegalStateException("no database yet"); }
          public static void x() {}
        }
        """)))
        .hasMessageContaining("a.Broken/x can't be called.")
        .hasMessageContaining("no database yet");
  }

  @Test
  void aLambdaNameTooLongForTheGroupIsRefused() {
    assertThatThrownBy(() -> load(
            "{:app-name \"t\" :lambdas {:" + "n".repeat(60) + " {:fn a.B/x}}}",
            Map.of("a.B", "package a; public class B {}")))
        .hasMessageContaining("has 65 characters");
  }

  @Test
  void anApplicationSeesItsOwnLibrariesAndNoneOfTheNodes() throws Exception {
    // A class that the node has, too, in another version; and classes that only the node has.
    Application application = load(
        "{:app-name \"test\" :allow [a.B/*]}",
        Map.of(
            "org.eclipse.jetty.server.Server",
            "package org.eclipse.jetty.server;"
                + " public class Server { public static String mine() { return \"mine\"; } }",
            "a.B",
            """
            package a;
            public class B {
              public static String own() { return org.eclipse.jetty.server.Server.mine(); }
              public static boolean sees(String name) {
                try {
                  return Class.forName(name) != null;
                } catch (ClassNotFoundException e) {
                  return false;
                }
              }
              public static boolean finds(String resource) {
                return B.class.getResource("/" + resource) != null;
              }
              public static String context() {
                return Thread.currentThread().getContextClassLoader().getName();
              }
            }
            """));
    assertThat(call(application, "a.B/own")).isEqualTo("mine");
    for (String seen : List.of(
        "valence.api.Db",
        "valence.edn.Edn",
        "valence.ion.Tx",
        "clojure.lang.Keyword",
        "org.slf4j.Logger",
        "java.sql.Connection")) {
      assertThat(call(application, "a.B/sees", seen)).as(seen).isEqualTo(true);
    }
    for (String hidden : List.of(
        "valence.node.Node",
        "valence.engine.store.Storage",
        "valence.wire.EdnBody",
        "org.eclipse.jetty.util.Callback",
        "org.junit.jupiter.api.Test")) {
      assertThat(call(application, "a.B/sees", hidden)).as(hidden).isEqualTo(false);
    }
    assertThat(call(application, "a.B/finds", "clojure/core.clj")).isEqualTo(true);
    assertThat(call(application, "a.B/finds", "META-INF/services/valence.api.spi.ClientProvider"))
        .isEqualTo(false);
    assertThat(call(application, "a.B/context")).isEqualTo("r1");
  }

  @Test
  void onlyWhatIsAllowedCanBeResolved() throws Exception {
    var serving = new Serving(Duration.ofSeconds(1));
    var functions = new AllowedFunctions(serving);
    Symbol twice = Symbol.intern("shop.Shop/twice");
    assertCategory(Anomaly.Category.NOT_FOUND, () -> functions.resolve(twice, Use.QUERY));
    serving.swap(TestApplication.load(directory, "v1", TestApplication.config(), system));
    assertThat(functions.resolve(twice, Use.QUERY).invoke(21L)).isEqualTo(42L);
    assertThat(functions.<Map<?, ?>, RuntimeException>during(
            now -> now.resolve(twice, Use.TRANSACTION).provenance()))
        .isEqualTo(Map.of(
            Keyword.intern("valence.tx/revision"), "v1",
            Keyword.intern("valence.tx/function"), "shop.Shop/twice"));
    assertCategory(Anomaly.Category.FORBIDDEN, () -> functions.resolve(twice, Use.XFORM));
    assertCategory(
        Anomaly.Category.FORBIDDEN,
        () -> functions.resolve(Symbol.intern("shop.Shop/hidden"), Use.QUERY));
    assertCategory(
        Anomaly.Category.NOT_FOUND,
        () -> functions.resolve(Symbol.intern("shop.Shop/nothing"), Use.QUERY));
    assertCategory(
        Anomaly.Category.FORBIDDEN,
        () -> functions.resolve(Symbol.intern("java.lang.System/exit"), Use.QUERY));
    serving.close();
  }

  @Test
  void aPieceOfWorkFindsAllItsFunctionsInOneRevisionWhateverIsSwappedMeanwhile() throws Exception {
    var serving = new Serving(Duration.ofSeconds(10));
    serving.swap(TestApplication.load(directory, "v1", TestApplication.config(), system));
    var functions = new AllowedFunctions(serving);
    Keyword revision = Keyword.intern("valence.tx/revision");
    Symbol twice = Symbol.intern("shop.Shop/twice");
    List<Object> revisions = functions.during(mine -> {
      List<Object> found = new ArrayList<>();
      for (String next : List.of("v2", "v3", "v4")) {
        AppFunction function = mine.resolve(twice, Use.TRANSACTION);
        serving.swap(TestApplication.load(directory, next, TestApplication.config(), system));
        assertThat(function.invoke(21L)).isEqualTo(42L);
        found.add(function.provenance().get(revision));
      }
      return found;
    });
    assertThat(revisions).containsExactly("v1", "v1", "v1");
    assertThat(functions.<Object, Exception>during(
            now -> now.resolve(twice, Use.TRANSACTION).provenance().get(revision)))
        .isEqualTo("v4");
    serving.close();
  }

  @Test
  void codeIsLetGoWhenItIsRetiredAndNoCallIsOnIt() throws Exception {
    var serving = new Serving(Duration.ofSeconds(10));
    serving.swap(TestApplication.load(directory, "v1", TestApplication.config(), system));
    Serving.Call call = serving.begin().orElseThrow();
    serving.swap(TestApplication.load(directory, "v2", TestApplication.config(), system));
    serving.swap(TestApplication.load(directory, "v3", TestApplication.config(), system));
    assertThat(call.application().lambda("solo-echo")).isPresent();
    assertThat(call.application().has(Symbol.intern("shop.Shop/twice"))).isTrue();
    call.close();
    assertThat(call.application().enter()).isFalse();
    assertThat(serving.begin().orElseThrow().application().info().revision()).isEqualTo("v3");
  }

  @Test
  void noCallFailsWhileRevisionsAreSwapped() throws Exception {
    var serving = new Serving(Duration.ofSeconds(10));
    serving.swap(TestApplication.load(directory, "v0", TestApplication.config(), system));
    var functions = new AllowedFunctions(serving);
    var twice =
        functions.resolve(Symbol.intern("shop.Shop/twice"), Use.QUERY); // kept, as by a plan
    var stop = new AtomicBoolean();
    var calls = new AtomicLong();
    var started = new CountDownLatch(8);
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> callers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        callers.add(tasks.submit(() -> {
          while (!stop.get()) {
            assertThat(twice.invoke(4L)).isEqualTo(8L);
            assertThat(functions
                    .resolve(Symbol.intern("shop.Shop/twice"), Use.QUERY)
                    .invoke(5L))
                .isEqualTo(10L);
            calls.incrementAndGet();
            started.countDown();
          }
          return null;
        }));
      }
      started.await();
      for (int version = 1; version <= 10; version++) {
        serving.swap(
            TestApplication.load(directory, "v" + version, TestApplication.config(), system));
      }
      stop.set(true);
      for (Future<?> caller : callers) {
        caller.get();
      }
    }
    assertThat(calls.get()).isPositive();
    serving.close();
  }

  private static void assertCategory(Anomaly.Category category, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            AnomalyException.class, e -> assertThat(e.anomaly().category()).isEqualTo(category));
  }
}
