package valence.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import clojure.lang.Keyword;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.Client;
import valence.api.Connection;
import valence.engine.indexing.Indexing;
import valence.engine.local.LocalClient;
import valence.engine.store.Storage;
import valence.ion.AppInfo;
import valence.node.app.AllowedFunctions;
import valence.node.app.Application;
import valence.node.app.Serving;
import valence.node.deploy.SchemaPlan;
import valence.node.hosted.HostedClient;
import valence.node.telemetry.Telemetry;
import valence.storage.memory.MemoryStorage;
import valence.wire.ion.IonConfig;

/// A whole system for one test: databases in memory, and the application of the class path.
///
/// The application is what `ion-config.edn` of the class path says; without one there is none, and
/// queries and transactions find no function of it. Safe for many threads; open on the thread that
/// opened it, and on those begun by it, until closed.
public final class TestSystem implements AutoCloseable {
  /// The compute group that an application finds itself in.
  public static final String GROUP = "solo";

  /// The revision that an application finds itself to be.
  public static final String REVISION = "test";

  private static final List<String> CONFIGS =
      List.of(IonConfig.RESOURCE, IonConfig.DATOMIC_RESOURCE);
  private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(10);

  /// Casts beyond so many are forgotten, the oldest first: a test that says more looks at none.
  private static final int CASTS_MAX = 10_000;

  /// The application's code, as it is in every fork.
  ///
  /// @param isolated its class path, when it has a loader of its own; else it is the test's
  private record Code(ClassLoader loader, Optional<String> config, List<Path> isolated) {
    IonConfig ionConfig() {
      return IonConfig.parse(config.orElseThrow());
    }
  }

  private final Code code;
  private final Storage storage;
  private final TestClock clock;
  private final Telemetry telemetry = Telemetry.quiet();
  private final Serving serving;
  private final LocalClient databases;
  private final Client client;
  private final AppInfo info;
  private final Ions ions;
  private final List<Said> casts = new CopyOnWriteArrayList<>();
  private final ConcurrentSkipListMap<String, String> parameters = new ConcurrentSkipListMap<>();
  private final Map<Keyword, Object> environment = new ConcurrentHashMap<>();
  private final @Nullable TestSystem before; // of the thread that opened it
  private boolean closed; // guarded by this

  private TestSystem(Code code, Storage storage, TestClock clock) {
    this.code = code;
    this.storage = storage;
    this.clock = clock;
    this.serving = new Serving(DRAIN_TIMEOUT);
    var functions = new AllowedFunctions(serving, telemetry);
    this.databases = new LocalClient(storage, functions, clock, Indexing.inMemory(), List.of());
    this.client = new UnclosedClient(databases);
    this.info = new AppInfo(
        code.config().map(text -> code.ionConfig().appName()).orElse("test"), GROUP, REVISION);
    this.ions = new Ions(serving, functions, GROUP);
    this.before = Current.enter(this);
  }

  /// An empty system at the time of the machine.
  public static TestSystem open() {
    return opened(loader(), List.of(), new TestClock(null));
  }

  /// An empty system at a time, which then stands still.
  public static TestSystem open(Instant now) {
    return opened(loader(), List.of(), new TestClock(now));
  }

  /// As [#open()], with the application in a loader of its own, as on a node: it sees its class
  /// path, the api, and nothing else of the test's. Its classes aren't those that the test sees by
  /// the same names.
  public static TestSystem isolated(List<Path> classPath) {
    return opened(loader(), classPath, new TestClock(null));
  }

  /// The class path of this process, for [#isolated].
  public static List<Path> classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.isEmpty())
        .map(Path::of)
        .filter(Files::exists) // as the JVM itself does
        .toList();
  }

  static TestSystem opened(ClassLoader loader, List<Path> isolated, TestClock clock) {
    Optional<String> config =
        CONFIGS.stream().flatMap(name -> resource(loader, name).stream()).findFirst();
    TestSystem system =
        new TestSystem(new Code(loader, config, isolated), MemoryStorage.open(), clock);
    try {
      if (config.isPresent()) {
        SchemaPlan.of(system.code.ionConfig().schema(), name -> resource(loader, name))
            .ensure(system.client, REVISION, SchemaPlan.NONE);
        system.load();
      }
      return system;
    } catch (RuntimeException e) {
      system.close();
      throw e;
    }
  }

  private static ClassLoader loader() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return context == null ? ClassLoader.getSystemClassLoader() : context;
  }

  private void load() {
    IonConfig config = code.ionConfig();
    serving.swap(
        code.isolated().isEmpty()
            ? Application.loaded(info, config, code.loader(), telemetry)
            : Application.load(info, config, code.isolated(), client, telemetry));
  }

  /// Is no longer the one that code on this thread runs in; only there to be forked.
  void rest() {
    Current.leave(this, before);
  }

  /// Another system that begins with the databases and the time of this one. What is said to one,
  /// the other never sees. Nobody may write to this one meanwhile.
  public TestSystem fork() {
    TestSystem fork = new TestSystem(code, MemoryStorage.copyOf(storage), clock.copy());
    fork.parameters.putAll(parameters);
    fork.environment.putAll(environment);
    try {
      if (code.config().isPresent()) {
        fork.load();
      }
      return fork;
    } catch (RuntimeException e) {
      fork.close();
      throw e;
    }
  }

  /// Its databases, for the test. What it transacts has no provenance, as nobody's code does it.
  public Client client() {
    return client;
  }

  /// The client that hosted code gets: what it transacts carries revision and function.
  Client hostedClient() {
    return new HostedClient(client, info);
  }

  AppInfo info() {
    return info;
  }

  /// Makes a database unless there is one of the name, and says to it the tx-data of some
  /// resources of the class path, each in one transaction.
  ///
  /// @param resources such as `schema.edn`
  public Connection database(String name, String... resources) {
    client.createDatabase(name);
    Connection connection = client.connect(name);
    for (String resource : resources) {
      connection.transact(resource(code.loader(), resource)
          .orElseThrow(() -> Anomaly.of(
                  Anomaly.Category.NOT_FOUND,
                  "There is no resource " + resource + " on the class path.",
                  "Expected one with tx-data, such as src/test/resources/" + resource + ".")
              .toException()));
    }
    return connection;
  }

  private static Optional<String> resource(ClassLoader loader, String name) {
    try (InputStream in =
        loader.getResourceAsStream(name.startsWith("/") ? name.substring(1) : name)) {
      return in == null ? Optional.empty() : Optional.of(new String(in.readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  /// The time of its transactions.
  public TestClock clock() {
    return clock;
  }

  /// The application, as callers from outside reach it.
  public Ions ions() {
    return ions;
  }

  /// Sets what code finds under a path with [valence.ion.Params].
  public void parameter(String path, String value) {
    parameters.put(path, value);
  }

  /// Sets what code finds under a key, given without its colon, with [valence.ion.Env].
  public void environment(String key, Object value) {
    environment.put(Keyword.intern(key), value);
  }

  /// Empty when a test sets none: then those hold that are set for the process.
  Optional<SortedMap<String, String>> parameters() {
    return parameters.isEmpty() ? Optional.empty() : Optional.of(new TreeMap<>(parameters));
  }

  /// As [#parameters()].
  Optional<Map<Keyword, Object>> environment() {
    return environment.isEmpty() ? Optional.empty() : Optional.of(Map.copyOf(environment));
  }

  /// What was cast so far, in its order.
  public List<Said> casts() {
    return List.copyOf(casts);
  }

  /// As [#casts()], of one kind: `event`, `alert`, `metric` or `dev`.
  public List<Said> casts(String kind) {
    return casts.stream().filter(said -> said.kind().equals(kind)).toList();
  }

  void remember(Said said) {
    casts.add(said);
    if (casts.size() > CASTS_MAX) {
      casts.removeFirst();
    }
  }

  /// Ends the calls under way and forgets everything.
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      ions.close();
      serving.close();
      databases.close();
      telemetry.close();
      Current.leave(this, before);
    }
  }
}
