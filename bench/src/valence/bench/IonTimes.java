package valence.bench;

import static valence.api.Valence.kw;

import clojure.lang.Symbol;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import valence.api.Client;
import valence.api.Valence;
import valence.client.NodeClient;
import valence.engine.function.AppFunction;
import valence.engine.function.FunctionResolver;
import valence.engine.store.BlobId;
import valence.ion.AppInfo;
import valence.node.Node;
import valence.node.NodeConfig;
import valence.node.app.AllowedFunctions;
import valence.node.app.Application;
import valence.node.app.Serving;
import valence.node.http.BodyBudget;
import valence.node.http.Door;
import valence.node.http.Reply;
import valence.storage.place.Place;
import valence.tools.deploy.Deployment;
import valence.tools.push.Push;
import valence.tools.push.Pushed;
import valence.wire.ion.IonConfig;

/// What do a push, a deployment and a call of deployed code take? `bench/ions [SECONDS]`, for each
/// figure (2).
///
/// The pushes are of a copy of examples/inventory, built by Maven as a user's would be: most of
/// their time is Maven's. Deployments swap two revisions while callers ask over HTTP; a call that
/// isn't answered by 200 is a failed one. The calls compare what a node adds: to a method call, an
/// allowed function as a query calls it; to a handler on the same server, that handler as an ion.
final class IonTimes {
  private static final int CALLERS = 4;
  private static final int DEPLOYMENTS = 20;
  private static final int CALLS_PER_SAMPLE = 100;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private static final String SOURCE = """
      package echo;
      import valence.ion.*;
      public final class Echo {
        public static HttpResponse handle(HttpRequest request) {
          return HttpResponse.text(200, request.path());
        }
        public static long twice(long n) {
          return 2 * n;
        }
        static final String VERSION = "%s";
      }
      """;

  private static final IonConfig CONFIG = IonConfig.parse("""
      {:app-name "echo" :allow [echo.Echo/twice]
       :http-direct {:handler-fn echo.Echo/handle :processing-concurrency 64
                     :pending-ops-queue-length 1000}}""");

  private IonTimes() {}

  public static void main(String[] arguments) throws Exception {
    Path example = Path.of(arguments[0]);
    double seconds = arguments.length > 1 ? Double.parseDouble(arguments[1]) : 2;
    Path directory = Files.createTempDirectory("valence-ion-times");
    pushes(directory, example);
    deployments(directory, seconds);
    methods(directory, seconds);
    System.exit(0); // the JDK's HTTP client keeps a thread
  }

  private static Node node(Path directory, String name) {
    return Node.start(new NodeConfig(
        name,
        directory.resolve(name),
        new Place.Directory(directory.resolve(name + "-store")),
        "solo",
        "127.0.0.1",
        0,
        0,
        Duration.ofSeconds(10)));
  }

  private static NodeClient client(Node node) {
    return NodeClient.connect(URI.create("http://127.0.0.1:" + node.apiPort()));
  }

  /// What each kind of push moves, and how long it takes.
  private static void pushes(Path directory, Path example) throws Exception {
    Path application = directory.resolve("inventory");
    copy(example, application);
    commit(application, "init", "--quiet");
    try (Node node = node(directory, "push");
        NodeClient client = client(node)) {
      push(client, application, "push, first");
      push(client, application, "push, same commit");
      edit(application.resolve("src/main/java/inventory/Stock.java"), "= 5;", "= 8;");
      push(client, application, "push, one line");
      edit(
          application.resolve("pom.xml"),
          "</dependencies>",
          "<dependency><groupId>info.picocli</groupId><artifactId>picocli</artifactId>"
              + "<version>4.7.7</version></dependency></dependencies>");
      push(client, application, "push, new library");
    }
  }

  private static void push(NodeClient client, Path application, String what) throws Exception {
    commit(application, "add", "--all");
    commit(
        application,
        "commit",
        "--quiet",
        "--allow-empty-message",
        "-m",
        what,
        "--author",
        "bench <bench@localhost>");
    long begun = System.nanoTime();
    Pushed pushed = new Push(client, _ -> {}).commit(application);
    double took = (System.nanoTime() - begun) / 1e9;
    long bytes =
        pushed.moved().stream().mapToLong(part -> part.artifact().size()).sum();
    System.out.printf(
        Locale.ROOT,
        "%-24s %7.2f s, of which building %6.2f s; moved %d of %d artifacts, %,d bytes%n",
        what,
        took,
        pushed.build().toMillis() / 1e3,
        pushed.moved().size(),
        pushed.parts().size(),
        bytes);
  }

  private static void edit(Path file, String from, String to) throws IOException {
    String text = Files.readString(file);
    if (!text.contains(from)) {
      throw new IllegalStateException(file + " has no " + from);
    }
    Files.writeString(file, text.replace(from, to));
  }

  /// A git command; a commit with nothing to say is no failure.
  private static void commit(Path folder, String... words) throws Exception {
    List<String> command = new ArrayList<>(
        List.of("git", "-c", "user.name=bench", "-c", "user.email=bench@localhost"));
    command.addAll(List.of(words));
    Process git = new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .start();
    git.getInputStream().readAllBytes();
    git.waitFor();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path relative = from.relativize(file);
        if (!relative.startsWith("target")) {
          Path copy = to.resolve(relative.toString());
          Files.createDirectories(copy.getParent());
          Files.copy(file, copy);
        }
      }
    }
  }

  /// How long deployments take on a node that is called all the time, and what callers notice.
  private static void deployments(Path directory, double seconds) throws Exception {
    try (Node node = node(directory, "deploy");
        NodeClient client = client(node);
        Door bare = Door.open(
            "bare",
            "127.0.0.1",
            0,
            TIMEOUT,
            new BodyBudget(1 << 20, TIMEOUT),
            exchange -> Reply.text(200, exchange.path()));
        HttpClient http = HttpClient.newHttpClient()) {
      for (String version : List.of("a", "b")) {
        register(client, version, jar(directory, version));
      }
      deploy(client, "a");
      http("handler, bare server", http, bare.port(), seconds);
      http("handler, ion", http, node.httpPort(), seconds);

      AtomicBoolean stop = new AtomicBoolean();
      AtomicLong failed = new AtomicLong();
      AtomicLong calls = new AtomicLong();
      List<Double> millis = new ArrayList<>();
      try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
          callers.add(tasks.submit(() -> {
            while (!stop.get()) {
              calls.incrementAndGet();
              try {
                get(http, node.httpPort());
              } catch (IOException | IllegalStateException e) {
                failed.incrementAndGet();
              }
            }
            return null;
          }));
        }
        for (int i = 1; i <= DEPLOYMENTS; i++) {
          long begun = System.nanoTime();
          deploy(client, i % 2 == 0 ? "a" : "b");
          millis.add((System.nanoTime() - begun) / 1e6);
        }
        stop.set(true);
        for (Future<?> caller : callers) {
          caller.get();
        }
      }
      millis.sort(null);
      System.out.printf(
          Locale.ROOT,
          "%-24s p50 %.0f ms, most %.0f ms, %d times; %,d calls meanwhile, %d failed%n",
          "deploy under load",
          millis.get(millis.size() / 2),
          millis.getLast(),
          millis.size(),
          calls.get(),
          failed.get());
    }
  }

  private static void deploy(NodeClient client, String version) {
    Deployment.Status status =
        Deployment.start(client, "solo", "echo", rev(version)).await(TIMEOUT, _ -> {});
    if (status.outcome() != Deployment.Outcome.SUCCEEDED) {
      throw new IllegalStateException(status.cause());
    }
  }

  private static String rev(String version) {
    return "%040x".formatted((int) version.charAt(0));
  }

  private static void register(NodeClient client, String version, Path jar) throws IOException {
    String id = BlobId.of(ByteBuffer.wrap(Files.readAllBytes(jar))).hex();
    client.putArtifact(id, jar);
    client.call(
        "register-revision",
        Map.of(
            kw("app-name"),
            "echo",
            kw("rev"),
            rev(version),
            kw("config"),
            CONFIG.toMap(),
            kw("artifacts"),
            List.of(Map.of(
                kw("id"),
                id,
                kw("name"),
                "echo.jar",
                kw("size"),
                Files.size(jar),
                kw("kind"),
                kw("application")))));
  }

  private static Path jar(Path directory, String version) throws IOException {
    Path source =
        Files.createDirectories(directory.resolve(version + "/echo")).resolve("Echo.java");
    Files.writeString(source, SOURCE.formatted(version));
    int failed = ToolProvider.getSystemJavaCompiler()
        .run(
            null,
            null,
            null,
            "-proc:none",
            "-cp",
            System.getProperty("java.class.path"),
            "-d",
            directory.resolve(version).toString(),
            source.toString());
    if (failed != 0) {
      throw new IllegalStateException("Echo doesn't compile");
    }
    Path jar = directory.resolve(version + ".jar");
    try (OutputStream file = Files.newOutputStream(jar);
        var out = new JarOutputStream(file)) {
      out.putNextEntry(new ZipEntry("echo/Echo.class"));
      Files.copy(source.resolveSibling("Echo.class"), out);
    }
    return jar;
  }

  private static void get(HttpClient http, int port) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/tea")).build();
    if (http.send(request, BodyHandlers.ofString()).statusCode() != 200) {
      throw new IllegalStateException("not 200");
    }
  }

  private static void http(String what, HttpClient http, int port, double seconds)
      throws Exception {
    times(seconds, () -> get(http, port)); // until it is warm
    System.out.printf(Locale.ROOT, "%-24s %s us%n", what, times(seconds, () -> get(http, port)));
  }

  /// What an allowed function costs more than the method behind it.
  private static void methods(Path directory, double seconds) throws Exception {
    try (Serving serving = new Serving(TIMEOUT);
        Client system =
            Valence.client(Map.of("server-type", kw("local"), "storage-dir", kw("mem")))) {
      Path jar = directory.resolve("a.jar");
      serving.swap(
          Application.load(new AppInfo("echo", "solo", "local"), CONFIG, List.of(jar), system));
      AppFunction ion = new AllowedFunctions(serving)
          .resolve(Symbol.intern("echo.Echo", "twice"), FunctionResolver.Use.QUERY);
      MethodHandle method;
      try (var code =
          new java.net.URLClassLoader(new java.net.URL[] {jar.toUri().toURL()})) {
        method = MethodHandles.publicLookup()
            .findStatic(
                code.loadClass("echo.Echo"),
                "twice",
                MethodType.methodType(long.class, long.class));
      }
      Long[] sum = {0L};
      for (int i = 0; i < 2; i++) { // the first time until it is warm
        String plain = times(seconds, () -> {
          for (int n = 0; n < CALLS_PER_SAMPLE; n++) {
            try {
              sum[0] += (long) method.invokeExact((long) n);
            } catch (Throwable e) {
              throw new IllegalStateException(e);
            }
          }
        });
        String called = times(seconds, () -> {
          for (int n = 0; n < CALLS_PER_SAMPLE; n++) {
            sum[0] += (Long) ion.invoke((long) n);
          }
        });
        if (i == 1) {
          System.out.printf(
              Locale.ROOT, "%-24s %s us for %d calls%n", "method", plain, CALLS_PER_SAMPLE);
          System.out.printf(
              Locale.ROOT,
              "%-24s %s us for %d calls%n",
              "allowed function",
              called,
              CALLS_PER_SAMPLE);
        }
      }
      if (sum[0] == 0) {
        throw new IllegalStateException("nothing was computed");
      }
    }
  }

  /// Something that is measured.
  private interface Work {
    void run() throws Exception;
  }

  /// The p50 and p99 of the work, in microseconds.
  private static String times(double seconds, Work work) throws Exception {
    long[] nanos = new long[1 << 20];
    int count = 0;
    long end = System.nanoTime() + (long) (seconds * 1e9);
    for (long now = System.nanoTime(); now < end && count < nanos.length; count++) {
      work.run();
      long next = System.nanoTime();
      nanos[count] = next - now;
      now = next;
    }
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return String.format(
        Locale.ROOT,
        "p50 %9.1f  p99 %9.1f",
        sorted[count / 2] / 1e3,
        sorted[(int) (count * 0.99)] / 1e3);
  }
}
