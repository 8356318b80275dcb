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
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
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
import valence.node.http.Lasting;
import valence.node.http.Patience;
import valence.node.http.Watched;
import valence.node.lambda.Invocations;
import valence.node.lambda.QueuedEvents;
import valence.node.live.LiveRequests;
import valence.node.operation.Operations;
import valence.node.operation.Uploads;
import valence.node.parameter.Parameters;
import valence.node.parameter.Vault;
import valence.node.source.Backoff;
import valence.node.source.SettingValues;
import valence.node.source.Sources;
import valence.node.source.WebhookRequests;
import valence.node.source.queue.QueueFacts;
import valence.node.source.queue.Queues;
import valence.node.source.sqs.SqsRequests;
import valence.node.telemetry.Samples;
import valence.node.telemetry.Secrets;
import valence.node.telemetry.Telemetry;
import valence.node.web.WebRequests;
import valence.storage.place.Place;

/// A compute node, put together. Serves from [#start] until [#close].
public final class Node implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  /// What request bodies may take of the memory at once.
  private static final long BODY_BYTES_MAX = 256L << 20;

  /// Before an invocation that nobody waits for is tried again.
  private static final Duration EVENT_PAUSE = Duration.ofSeconds(1);

  private final NodeConfig config;
  private final Life life = new Life();
  private final Deque<AutoCloseable> doors = new ArrayDeque<>(); // newest first
  private final Deque<AutoCloseable> parts = new ArrayDeque<>(); // newest first
  private final Door api;
  private final Door http;
  private final Telemetry telemetry;
  private final Serving serving;
  private final Client system;

  /// Starts a node; returns once it serves.
  public static Node start(NodeConfig config) {
    return new Node(config);
  }

  private Node(NodeConfig config) {
    this.config = config;
    try {
      telemetry = part(new Telemetry(config.telemetry(), config.system(), config.group()));
      Secrets secrets = part(new Secrets());
      var budget = new BodyBudget(BODY_BYTES_MAX, BodyBudget.TIMEOUT_DEFAULT);
      var requests = new ApiRequests(life);
      Path directory = config.protection().directory();
      Access access = new Access(directory, Clock.systemUTC());
      config.protection().requireFor(config, access);
      Guard guard = new Guard(access, part(new AuditLog(directory, Clock.systemUTC())));
      api = door(
          "api",
          config.apiPort(),
          budget,
          new Watched("api", ApiRequests::operation, telemetry, requests));

      Storage storage = config.storage().open(); // the client closes it
      CodeStore code = new CodeStore(storage.blobs(), config.folder().resolve("code"));
      serving = part(new Serving(config.drainTimeout()));
      LocalClient databases = part(new LocalClient(
          storage,
          new AllowedFunctions(serving, telemetry),
          Clock.systemUTC(),
          Indexing.durable(),
          config.caching().open(config.storage() instanceof Place.Encrypted)));
      Control control = Control.open(databases);
      Parameters parameters = new Parameters(
          control.connection(), config.group(), new Vault(control.connection(), keys(config)));
      secrets.hide(parameters::masked);
      system = new SystemClient(databases, parameters);
      Deployer deployer = part(new Deployer(
          config.group(),
          control,
          code,
          serving,
          system,
          drainMax(config),
          parameters::masked,
          telemetry));
      QueueFacts facts = part(QueueFacts.open(databases));
      Queues queues = Queues.open(facts, Clock.systemUTC());
      Sources sources = part(new Sources(
              serving,
              facts,
              queues,
              system,
              settings(parameters),
              Clock.systemUTC(),
              Backoff.DEFAULT,
              config.drainTimeout())
          .start());
      deployer.resume(); // what it lets serve, sources are told of before

      QueuedEvents events = part(
          new QueuedEvents(serving, queues, Clock.systemUTC(), EVENT_PAUSE, config.drainTimeout())
              .start());

      WebRequests web = new WebRequests(serving);
      http = door(
          "http",
          config.httpPort(),
          budget,
          new Watched(
              "http",
              _ -> "handler",
              telemetry,
              webhooks(new WebhookRequests(sources), web(guard, web))));
      doors.push(web); // its events last until they are ended, so they are before their door
      Lasting lasting = new Lasting("live.error/too-many");
      // Streams last until they are ended, so they are before their door is closed.
      doors.push(lasting);
      telemetry.metrics().source(serving::tell);
      telemetry.metrics().source(sources::tell);
      telemetry.metrics().source(events::tell);
      telemetry.metrics().source(this::tell);
      requests.serve(new ApiRequests.Parts(
          guard,
          new Operations(
              system,
              code,
              control,
              deployer,
              parameters,
              sources,
              () -> status(control, telemetry),
              databases::rebuildIndex,
              life::drain,
              telemetry,
              lasting),
          new Uploads(code),
          new Invocations(serving, events),
          new LiveRequests(system, lasting),
          new SqsRequests(sources.queues()),
          new MetricsRequests(telemetry, databases)));
      life.serve();
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw Anomaly.of(Anomaly.Category.INTERRUPTED, "The node was interrupted as it started.")
          .toException(e);
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

  /// What serves its application.
  Serving serving() {
    return serving;
  }

  /// What is measured and said on it.
  Telemetry telemetry() {
    return telemetry;
  }

  /// Its databases, as its users get them.
  Client system() {
    return system;
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

  /// Where the keys of secrets are: with those of the storage, when that is encrypted.
  private static Path keys(NodeConfig config) {
    return config.storage() instanceof Place.Encrypted(Place _, Path keyFile)
        ? keyFile
        : config.protection().directory().resolve("parameter-keys");
  }

  private static Duration drainMax(NodeConfig config) {
    return config.drainTimeout().compareTo(Deployer.DRAIN_MAX) < 0
        ? config.drainTimeout()
        : Deployer.DRAIN_MAX;
  }

  private Endpoint web(Guard guard, WebRequests web) {
    return config.protection().publicHttp()
        ? web
        : exchange -> guard.web(exchange, WebRequests::refused, _ -> web.answer(exchange));
  }

  /// What sources find their paths and secrets by: the system's parameters, and behind them the
  /// environment of the process.
  private static SettingValues settings(Parameters parameters) {
    return name -> Optional.ofNullable(parameters.values().get(name))
        .or(() -> SettingValues.environment().value(name));
  }

  private static Endpoint webhooks(WebhookRequests webhooks, Endpoint others) {
    return exchange ->
        webhooks.concerns(exchange) ? webhooks.answer(exchange) : others.answer(exchange);
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

  private void tell(Samples samples) {
    samples.gauge(
        "valence_connections", "Connections that are open.", api.connections(), "door", "api");
    samples.gauge(
        "valence_connections", "Connections that are open.", http.connections(), "door", "http");
  }

  /// What `status` answers.
  private Map<Keyword, Object> status(Control control, Telemetry telemetry) {
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
    if (!telemetry.overdue().stuck().isEmpty()) {
      status.put(kw("stuck"), telemetry.overdue().stuck());
    }
    status.put(kw("databases"), system.listDatabases());
    Map<Keyword, Object> ports = new LinkedHashMap<>();
    ports.put(kw("api"), apiPort());
    ports.put(kw("http"), httpPort());
    status.put(kw("ports"), ports);
    return status;
  }
}
