package valence.node.app;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import clojure.lang.Symbol;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import valence.api.Client;
import valence.engine.function.FunctionResolver.Use;
import valence.ion.AppInfo;
import valence.node.testing.MemorySystem;
import valence.node.testing.TestJar;
import valence.wire.ion.IonConfig;

/// Versions of one library: of two revisions that are called at once, and of the node.
final class LibrariesTest {
  private static final String CONFIG = "{:app-name \"shop\" :allow [shop.App/*]}";

  private static final String APP = """
      package shop;

      import clojure.java.api.Clojure;
      import com.github.benmanes.caffeine.cache.Caffeine;
      import java.util.concurrent.CountDownLatch;

      public final class App {
        public static String version() { return library.Words.version() + Caffeine.version(); }

        public static String awaited(Object latch, Object begun) throws Exception {
          ((CountDownLatch) begun).countDown();
          ((CountDownLatch) latch).await();
          return version() + new library.Late().word(); // a class that isn't loaded before
        }

        public static Object counted(long n) {
          var eval = Clojure.var("clojure.core", "eval");
          return eval.invoke(Clojure.read(
              "(do (defonce counter (atom 0)) (swap! counter + " + n + "))"));
        }
      }
      """;

  private final Client system = MemorySystem.open();

  @TempDir
  private Path directory;

  private Application load(String version) throws IOException {
    Path jar = TestJar.compile(
        directory,
        version,
        Map.of(
            "shop.App",
            APP,
            "library.Words",
            "package library; public final class Words { public static String version() { return \""
                + version + "\"; } }",
            "library.Late",
            "package library; public final class Late { public String word() { return \"" + version
                + "\"; } }",
            "com.github.benmanes.caffeine.cache.Caffeine",
            "package com.github.benmanes.caffeine.cache; public final class Caffeine { public"
                + " static String version() { return \"own " + version + "\"; } }"));
    return Application.load(
        new AppInfo("shop", "solo", version), IonConfig.parse(CONFIG), List.of(jar), system);
  }

  private static @Nullable Object call(Serving serving, String name, Object... arguments)
      throws Exception {
    try (Serving.Call call = serving.begin().orElseThrow()) {
      return call.application()
          .function(Symbol.intern(name), Use.QUERY)
          .orElseThrow()
          .call(arguments);
    }
  }

  @Test
  void aRevisionThatDrainsKeepsItsLibrariesBesideThoseOfTheNextAndOfTheNode() throws Exception {
    var latch = new CountDownLatch(1);
    var begun = new CountDownLatch(1);
    try (var serving = new Serving(Duration.ofSeconds(60));
        var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      serving.swap(load("one"));
      Future<@Nullable Object> draining =
          tasks.submit(() -> call(serving, "shop.App/awaited", latch, begun));
      begun.await();
      serving.swap(load("two"));
      assertThat(call(serving, "shop.App/version")).isEqualTo("twoown two");
      latch.countDown();
      assertThat(draining.get()).isEqualTo("oneown oneone");
      assertThat(serving.drain(Duration.ofSeconds(60))).isZero();
    }
    Cache<String, String> nodes = Caffeine.newBuilder().maximumSize(1).build();
    nodes.put("key", "value");
    assertThat(nodes.getIfPresent("key")).isEqualTo("value");
  }

  @Test
  void aJavaRevisionThatStartsClojureHasOneOfItsOwn() throws Exception {
    try (var serving = new Serving(Duration.ofSeconds(60))) {
      serving.swap(load("three"));
      assertThat(call(serving, "shop.App/counted", 2L)).isEqualTo(2L);
      assertThat(call(serving, "shop.App/counted", 3L)).isEqualTo(5L);
      serving.swap(load("four"));
      assertThat(call(serving, "shop.App/counted", 1L)).isEqualTo(1L);
      CodeLoader code =
          (CodeLoader) requireNonNull(serving.current().orElseThrow().code());
      assertThat(code.clojure()).isPresent();
    }
  }
}
