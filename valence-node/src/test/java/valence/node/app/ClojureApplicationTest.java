package valence.node.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.AnomalyException;
import valence.api.Client;
import valence.edn.Edn;
import valence.engine.function.FunctionResolver.Use;
import valence.ion.AppInfo;
import valence.ion.LambdaContext;
import valence.node.testing.MemorySystem;
import valence.wire.ion.IonConfig;

final class ClojureApplicationTest {
  /// How many times a revision is replaced by another.
  private static final int SWAPS = Integer.getInteger("swaps", 8);

  @TempDir
  Path directory;

  private final Client system = MemorySystem.open();

  private Application load(String revision, String config, Map<String, String> sources)
      throws IOException {
    return Application.load(
        new AppInfo("test", "solo", revision),
        IonConfig.parse(config),
        List.of(folder(revision, sources)),
        system);
  }

  private Path folder(String name, Map<String, String> sources) throws IOException {
    Path folder = Files.createDirectories(directory.resolve(name));
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = folder.resolve(source.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, source.getValue());
    }
    return folder;
  }

  private static @Nullable Object call(Application application, String name, Object... arguments)
      throws Exception {
    return application.function(Symbol.intern(name), Use.QUERY).orElseThrow().call(arguments);
  }

  @Test
  void revisionsWithDifferentVersionsOfALibraryAnswerAtOnce() throws Exception {
    String config = "{:app-name \"test\" :allow [my.app/answer my.app/both]}";
    String app = """
        (ns my.app (:require [some.library :as library]))
        (defonce calls (atom 0))
        (defrecord Answer [text])
        (defn answer [x] (swap! calls inc) {:said (library/say x) :calls @calls})
        (defn both [^java.util.concurrent.CountDownLatch latch]
          (.countDown latch) (.await latch)
          (str {:a (->Answer (library/say :me))}))
        """;
    Application one = load(
        "one",
        config,
        Map.of("my/app.clj", app, "some/library.clj", "(ns some.library) (defn say [x] [:one x])"));
    Application two = load(
        "two",
        config,
        Map.of("my/app.clj", app, "some/library.clj", "(ns some.library) (defn say [x] [:two x])"));
    assertThat(call(one, "my.app/answer", 1L)).isEqualTo(Edn.read("{:said [:one 1] :calls 1}"));
    assertThat(call(two, "my.app/answer", 1L)).isEqualTo(Edn.read("{:said [:two 1] :calls 1}"));
    var latch = new CountDownLatch(2);
    try (var threads = Executors.newFixedThreadPool(2)) {
      Future<Object> first = threads.submit(() -> call(one, "my.app/both", latch));
      Future<Object> second = threads.submit(() -> call(two, "my.app/both", latch));
      assertThat(first.get()).isEqualTo("{:a #my.app.Answer{:text [:one :me]}}");
      assertThat(second.get()).isEqualTo("{:a #my.app.Answer{:text [:two :me]}}");
    }
    one.retire();
    two.retire();
  }

  @Test
  void wildcardsNameThePublicFunctionsOfANamespace() throws Exception {
    Application application = load(
        "wild",
        "{:app-name \"test\" :allow [my.app/* my.other/hidden]}",
        Map.of("my/app.clj", """
            (ns my.app)
            (def value 1)
            (defmacro twice [x] `(do ~x ~x))
            (defn- own [x] x)
            (defn f ([x] [x]) ([x y & more] [x y more]))
            """, "my/other.cljc", """
            (ns my.other)
            (defn- hidden [] :hidden)
            (defn unlisted [])
            """));
    assertThat(call(application, "my.app/f", 1L)).isEqualTo(List.of(1L));
    assertThat(call(application, "my.app/f", 1L, 2L, 3L, 4L, 5L))
        .isEqualTo(Edn.read("[1 2 (3 4 5)]"));
    assertThat(call(application, "my.other/hidden")).isEqualTo(Keyword.intern("hidden"));
    for (String no : List.of("my.app/value", "my.app/twice", "my.app/own", "my.other/unlisted")) {
      assertThat(application.function(Symbol.intern(no), Use.QUERY)).as(no).isEmpty();
    }
    assertThat(application.has(Symbol.intern("my.other/unlisted"))).isTrue();
    assertThat(application.has(Symbol.intern("my.other/nothing"))).isFalse();
    assertThatThrownBy(() -> call(application, "my.app/f"))
        .isInstanceOf(AnomalyException.class)
        .hasMessageContaining("my.app/f was given 0 arguments")
        .hasMessageContaining("[x] or [x y & more]");
    application.retire();
  }

  @Test
  void whatDoesNotLoadIsRefusedWithItsPlaceAndCause() {
    assertThatThrownBy(() -> load(
            "unresolved",
            "{:app-name \"test\" :allow [my.app/f]}",
            Map.of(
                "my/app.clj", "(ns my.app\n  (:require [my.broken]))\n(defn f [])",
                "my/broken.clj", "(ns my.broken)\n\n(defn g [] (frobnicate))")))
        .hasMessageContaining("my.app/f can't be called")
        .hasMessageContaining("Namespace my.app doesn't load: my/broken.clj:3:12: "
            + "Unable to resolve symbol: frobnicate in this context.");
    assertThatThrownBy(() -> load(
            "thrown",
            "{:app-name \"test\" :allow [my.app/f]}",
            Map.of(
                "my/app.clj", "(ns my.app)\n(throw (ex-info \"No database while loading.\" {}))")))
        .hasMessageContaining("my/app.clj:2")
        .hasMessageContaining("No database while loading.");
    assertThatThrownBy(() -> load(
            "missing",
            "{:app-name \"test\" :allow [my.app/f]}",
            Map.of("my/app.clj", "(ns my.app (:require [not.there]))")))
        .hasMessageContaining("Could not locate not/there");
    assertThatThrownBy(() -> load(
            "nothing",
            "{:app-name \"test\" :allow [my.app/f]}",
            Map.of("my/app.clj", "(ns my.app)")))
        .hasMessageContaining("Namespace my.app has no function f.");
    assertThatThrownBy(() -> load("nowhere", "{:app-name \"test\" :allow [my.app/f]}", Map.of()))
        .hasMessageContaining("There is no class my.app in the revision, and no namespace.");
  }

  @Test
  void lambdasTakeAMapOfInputAndContext() throws Exception {
    Application application = load(
        "lambda",
        "{:app-name \"test\" :lambdas {:echo {:fn my.app/echo}}}",
        Map.of("my/app.clj", """
            (ns my.app)
            (defn echo [{:keys [input context]}]
              (str input " " (:functionName context) " " (:awsRequestId context)))
            """));
    Application.Lambda echo = application.lambda("solo-echo").orElseThrow();
    assertThat(echo.call("{}", new LambdaContext("solo-echo", "r-1", Instant.now())))
        .isEqualTo("{} solo-echo r-1");
    application.retire();
  }

  @Test
  void replacedRevisionsLeaveNothingBehind() throws Exception {
    var serving = new Serving(Duration.ofSeconds(10));
    List<WeakReference<Object>> loaders = new ArrayList<>();
    List<Long> used = new ArrayList<>();
    for (int i = 0; i < SWAPS; i++) {
      serving.swap(
          load("r" + i, "{:app-name \"test\" :allow [my.app/*]}", Map.of("my/app.clj", """
          (ns my.app)
          (defrecord Big [payload])
          (def ^:dynamic *bound* nil)
          (def store (atom (repeatedly 1000 #(->Big (byte-array 1000)))))
          (def counter (agent 0))
          (def timer (doto (Thread. #(try (Thread/sleep 1000000) (catch InterruptedException _)))
                       (.start)))
          (defn leak [x]
            @(future (str {:record (->Big x)}))
            (send counter inc) (send-off counter inc) (await counter)
            (binding [*bound* (->Big 1)] (push-thread-bindings {#'*bound* (->Big 2)}))
            (eval `(+ 1 ~x)))
          """)));
      try (Serving.Call call = serving.begin().orElseThrow()) {
        assertThat(call(call.application(), "my.app/leak", 41L)).isEqualTo(42L);
        loaders.add(new WeakReference<>(
            call.application().function(Symbol.intern("my.app/leak"), Use.QUERY).orElseThrow()));
      }
      used.add(metaspace());
    }
    // The serving revision and the one before it stay.
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (loaders.stream().filter(loader -> loader.get() != null).count() > 2) {
      System.gc();
      assertThat(System.nanoTime()).as("revisions are still loaded").isLessThan(deadline);
      Thread.onSpinWait();
    }
    long last = metaspace();
    assertThat(last).as("metaspace after each swap: " + used).isLessThan(used.get(2) * 5 / 4);
    serving.close();
  }

  private static long metaspace() {
    System.gc();
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getName().equals("Metaspace"))
        .map(MemoryPoolMXBean::getUsage)
        .mapToLong(usage -> usage.getUsed())
        .sum();
  }
}
