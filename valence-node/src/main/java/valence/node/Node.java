package valence.node;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Client;
import valence.engine.indexing.Indexing;
import valence.engine.local.LocalClient;
import valence.engine.store.Storage;
import valence.node.access.Access;
import valence.node.access.AuditLog;
import valence.node.access.Guard;
import valence.node.app.AllowedFunctions;
import valence.node.app.CodeStore;
import valence.node.app.Serving;
import valence.node.control.Control;
import valence.node.deploy.Deployer;
import valence.node.hosted.SystemClient;
import valence.node.http.BodyBudget;
import valence.node.http.Door;
import valence.node.http.Endpoint;
import valence.node.http.Patience;
import valence.node.lambda.Invocations;
import valence.node.operation.Operations;
import valence.node.operation.Uploads;
import valence.node.web.WebRequests;
import valence.storage.place.Place;

/// A compute node, put together. Serves from [#start] until [#close].
public final class Node implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  /// What request bodies may take of the memory at once.
  private static final long BODY_BYTES_MAX = 256L << 20;

  /// How long the application's HTTP handler may take.
  private static final Duration HANDLER_TIMEOUT = Duration.ofSeconds(60);

  private final NodeConfig config;
  private final Life life = new Life();
  private final Deque<AutoCloseable> doors = new ArrayDeque<>(); // newest first
  private final Deque<AutoCloseable> parts = new ArrayDeque<>(); // newest first
  private final Door api;
  private final Door http;

  /// Starts a node; returns once it serves.
  public static Node start(NodeConfig config) {
    return new Node(config);
  }

  private Node(NodeConfig config) {
    this.config = config;
    try {
      var budget = new BodyBudget(BODY_BYTES_MAX, BodyBudget.TIMEOUT_DEFAULT);
      var requests = new ApiRequests(life);
      Path directory = config.protection().directory();
      Access access = new Access(directory, Clock.systemUTC());
      config.protection().requireFor(config, access);
      Guard guard = new Guard(access, part(new AuditLog(directory, Clock.systemUTC())));
      api = door("api", config.apiPort(), budget, requests);

      Storage storage = config.storage().open(); // the client closes it
      CodeStore code = new CodeStore(storage.blobs(), config.folder().resolve("code"));
      Serving serving = part(new Serving(config.drainTimeout()));
      LocalClient databases = part(new LocalClient(
          storage,
          new AllowedFunctions(serving),
          Clock.systemUTC(),
          Indexing.durable(),
          config.caching().open(config.storage() instanceof Place.Encrypted)));
      Client system = new SystemClient(databases);

      Control control = Control.open(databases);
      Deployer deployer = part(new Deployer(config.group(), control, code, serving, system));
      deployer.resume();

      http = door("http", config.httpPort(), budget, web(guard, serving));
      requests.serve(new ApiRequests.Parts(
          guard,
          new Operations(
              system,
              code,
              control,
              deployer,
              () -> status(serving, control, system),
              databases::rebuildIndex,
              life::drain),
          new Uploads(code),
          new Invocations(serving)));
      life.serve();
    } catch (Throwable e) {
      close();
      throw e;
    }
    LOG.info(
        "node-up system={} group={} api-port={} http-port={}",
        config.system(),
        config.group(),
        apiPort(),
        httpPort());
  }

  public int apiPort() {
    return api.port();
  }

  public int httpPort() {
    return http.port();
  }

  /// Returns once somebody asked the node to end; then it is to be closed.
  public void awaitShutdown() throws InterruptedException {
    life.awaitDrain();
  }

  /// Takes no more requests, finishes those under way, and lets go of the storage.
  @Override
  public synchronized void close() {
    boolean served = !doors.isEmpty();
    life.drain();
    closeAll(doors);
    closeAll(parts);
    if (served) {
      LOG.info("node-down system={} group={}", config.system(), config.group());
    }
  }

  private Endpoint web(Guard guard, Serving serving) {
    var web = new WebRequests(serving, HANDLER_TIMEOUT);
    return config.protection().publicHttp()
        ? web
        : exchange -> guard.web(exchange, WebRequests::refused, _ -> web.answer(exchange));
  }

  private Door door(String name, int port, BodyBudget budget, Endpoint endpoint) {
    Door door = Door.open(
        name,
        config.host(),
        port,
        config.drainTimeout(),
        budget,
        config.protection().tls(),
        Patience.DEFAULT,
        endpoint);
    doors.push(door);
    return door;
  }

  private <T extends AutoCloseable> T part(T part) {
    parts.push(part);
    return part;
  }

  private static void closeAll(Deque<AutoCloseable> open) {
    while (!open.isEmpty()) {
      AutoCloseable next = open.pop();
      try {
        next.close();
      } catch (Exception e) {
        // The others have to be closed all the same.
        LOG.error("part-not-closed part={}", next.getClass().getSimpleName(), e);
      }
    }
  }

  /// What `status` answers.
  private Map<Keyword, Object> status(Serving serving, Control control, Client system) {
    Map<Keyword, Object> status = new LinkedHashMap<>();
    status.put(kw("system"), config.system());
    status.put(kw("group"), config.group());
    serving.current().ifPresent(application -> {
      status.put(kw("application"), application.info().appName());
      status.put(kw("revision"), application.info().revision());
    });
    control
        .servesSince(config.group())
        .ifPresent(instant -> status.put(kw("since"), java.util.Date.from(instant)));
    status.put(kw("databases"), system.listDatabases());
    Map<Keyword, Object> ports = new LinkedHashMap<>();
    ports.put(kw("api"), apiPort());
    ports.put(kw("http"), httpPort());
    status.put(kw("ports"), ports);
    return status;
  }
}
