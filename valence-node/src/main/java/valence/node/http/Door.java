package valence.node.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;

/// A port that takes requests in. Open from its construction until [#close].
public final class Door implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Door.class);

  private static final int CONNECTIONS_MAX = 2_048;
  private static final int ACCEPT_QUEUE_LENGTH = 512;
  private static final int HEADER_BYTES_MAX = 16 << 10;
  private static final int PLATFORM_THREADS_MAX = 16;
  private static final int STREAMS_MAX = 128;
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);

  private final String name;
  private final Server server;
  private final ServerConnector connector;

  private Door(String name, Server server, ServerConnector connector) {
    this.name = name;
    this.server = server;
    this.connector = connector;
  }

  /// Opens a door without TLS.
  public static Door open(
      String name,
      String host,
      int port,
      Duration drainTimeout,
      BodyBudget budget,
      Endpoint endpoint) {
    return open(name, host, port, drainTimeout, budget, new Tls.None(), Patience.DEFAULT, endpoint);
  }

  /// Opens a door, for HTTP/1.1 and HTTP/2.
  ///
  /// @param name         for the log
  /// @param port         0 for any that is free
  /// @param drainTimeout how long [#close] waits for requests under way
  /// @return once requests are taken in; `unavailable` when the port is taken
  public static Door open(
      String name,
      String host,
      int port,
      Duration drainTimeout,
      BodyBudget budget,
      Tls tls,
      Patience patience,
      Endpoint endpoint) {
    var threads = new QueuedThreadPool(PLATFORM_THREADS_MAX, 4);
    threads.setName(name);
    Executor virtual = Executors.newThreadPerTaskExecutor(
        Thread.ofVirtual().name(name + "-", 0).factory());
    threads.setVirtualThreadsExecutor(virtual);
    var server = new Server(threads);
    var connector = new ServerConnector(server, 1, 1, protocols(tls)) {
      @Override
      protected SocketChannelEndPoint newEndPoint(
          SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        var peer = new Peer(channel, selector, key, getScheduler());
        peer.setIdleTimeout(getIdleTimeout());
        return peer;
      }
    };
    connector.setHost(host);
    connector.setPort(port);
    connector.setAcceptQueueSize(ACCEPT_QUEUE_LENGTH);
    connector.setIdleTimeout(IDLE_TIMEOUT.toMillis());
    connector.setShutdownIdleTimeout(1_000);
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(CONNECTIONS_MAX, connector));
    var watch = new Watch(name, connector, patience, CONNECTIONS_MAX);
    server.setHandler(
        new GracefulHandler(new Requests(name, virtual, budget, patience, watch, endpoint)));
    server.setStopTimeout(drainTimeout.toMillis());
    try {
      server.start();
      watch.start();
      SslConnectionFactory secure = connector.getConnectionFactory(SslConnectionFactory.class);
      if (secure != null) {
        new Renewal(name, tls, secure.getSslContextFactory(), connector.getScheduler())
            .start(patience.renewal());
      }
    } catch (Exception e) {
      stop(server, name);
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "The " + name + " port " + port + " of " + host + " can't be opened.",
              "Something else may listen there: end it, or choose another port.")
          .toException(e);
    }
    return new Door(name, server, connector);
  }

  /// The port that it listens on.
  public int port() {
    return connector.getLocalPort();
  }

  /// How many connections are open.
  public int connections() {
    return connector.getConnectedEndPoints().size();
  }

  /// Takes no more requests in, finishes those under way, then frees the port.
  @Override
  public void close() {
    stop(server, name);
  }

  private static void stop(Server server, String name) {
    try {
      server.stop();
    } catch (Exception e) {
      // Every request that could be finished is; what remains is the operating system's to free.
      LOG.warn("door-stop-failed door={}", name, e);
    }
  }

  private static ConnectionFactory[] protocols(Tls tls) {
    HttpConfiguration http = http();
    var first = new HttpConnectionFactory(http);
    if (!tls.isOn()) {
      var second = new HTTP2CServerConnectionFactory(http);
      second.setMaxConcurrentStreams(STREAMS_MAX);
      return new ConnectionFactory[] {first, second};
    }
    // Clients check the certificate's names, or its fingerprint; a node has no names of its own.
    http.addCustomizer(new SecureRequestCustomizer(false));
    var second = new HTTP2ServerConnectionFactory(http);
    second.setMaxConcurrentStreams(STREAMS_MAX);
    var choice = new ALPNServerConnectionFactory();
    choice.setDefaultProtocol(HttpVersion.HTTP_1_1.asString());
    var certificates = new SslContextFactory.Server();
    use(tls.identity(), certificates);
    certificates.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    certificates.setSniRequired(false);
    return new ConnectionFactory[] {
      new SslConnectionFactory(certificates, choice.getProtocol()), choice, second, first
    };
  }

  static void use(Tls.Identity identity, SslContextFactory.Server certificates) {
    certificates.setKeyStore(identity.keys());
    certificates.setKeyStorePassword(new String(identity.password()));
  }

  private static HttpConfiguration http() {
    var http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendXPoweredBy(false);
    http.setSendDateHeader(true);
    http.setRequestHeaderSize(HEADER_BYTES_MAX);
    http.setResponseHeaderSize(HEADER_BYTES_MAX);
    return http;
  }

  /// Writes the parts of an answer, each when the one before is on its way.
  private record Outgoing(Request request, Response response, Watch watch)
      implements Exchange.Outgoing {
    @Override
    public void begin(int status, Map<String, String> headers) {
      Requests.head(response, status, headers);
    }

    @Override
    public void write(byte[] chunk) throws IOException {
      var done = new Callback.Completable();
      response.write(false, ByteBuffer.wrap(chunk), watch.writing(request, chunk.length, done));
      try {
        done.join(); // not to be interrupted: one part at a time can be under way
      } catch (CompletionException e) {
        throw new IOException("the answer can't be written", e);
      }
    }
  }

  /// Carries requests to the endpoint and replies back.
  private static final class Requests extends Handler.Abstract {
    private final String name;
    private final Executor threads;
    private final BodyBudget budget;
    private final Patience patience;
    private final Watch watch;
    private final Endpoint endpoint;

    Requests(
        String name,
        Executor threads,
        BodyBudget budget,
        Patience patience,
        Watch watch,
        Endpoint endpoint) {
      this.name = name;
      this.threads = threads;
      this.budget = budget;
      this.patience = patience;
      this.watch = watch;
      this.endpoint = endpoint;
    }

    /// Under TLS the library comes with a thread of its own, of which there are few, to be blocked
    /// by nobody.
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      if (Thread.currentThread().isVirtual()) {
        serve(request, response, callback);
      } else {
        threads.execute(() -> {
          try {
            serve(request, response, callback);
          } catch (Throwable e) { // nobody else would hear of it
            callback.failed(e);
          }
        });
      }
      return true;
    }

    private void serve(Request request, Response response, Callback callback) {
      var exchange =
          new Exchange(request, new Outgoing(request, response, watch), budget, patience, watch);
      Callback end = watch.begin(request, callback);
      try {
        Reply reply = answer(exchange);
        exchange.leaveBody();
        write(exchange, reply, response, watch.writing(request, reply.body().length, end));
      } finally {
        exchange.release();
      }
    }

    static void head(Response response, int status, Map<String, String> headers) {
      response.setStatus(status);
      headers.forEach((header, value) -> {
        response.getHeaders().remove(header);
        for (String each : value.split("\n", -1)) {
          response.getHeaders().add(header, each);
        }
      });
    }

    private Reply answer(Exchange exchange) {
      try {
        return endpoint.answer(exchange);
      } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
        LOG.error(
            "request-failed door={} method={} request={}",
            name,
            exchange.method(),
            exchange.requestId(),
            e);
        return Reply.text(
            500, "The request failed; the log has why under " + exchange.requestId() + ".\n");
      }
    }

    private static void write(
        Exchange exchange, Reply reply, Response response, Callback callback) {
      if (reply.isBrokenOff()) {
        callback.failed(new IOException("the answer can't be finished"));
        return;
      }
      if (reply.isWritten()) {
        response.write(true, ByteBuffer.allocate(0), callback);
        return;
      }
      head(response, reply.status(), reply.headers());
      boolean bodiless =
          reply.status() == 204 || reply.status() == 304 || exchange.method().equals("HEAD");
      if (reply.status() != 204 && reply.status() != 304) {
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, reply.body().length);
      }
      response.write(
          true, bodiless ? ByteBuffer.allocate(0) : ByteBuffer.wrap(reply.body()), callback);
    }
  }
}
