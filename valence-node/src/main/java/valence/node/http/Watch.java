package valence.node.http;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Closes connections that hold a place and get nowhere: no request within its time, be it that
/// none begins, that a handshake stops half way or that a header drips; or an answer that isn't
/// taken in. Ends the work for callers who have gone.
///
/// The library's own time limit starts anew with each byte. Bodies are watched by who reads them.
final class Watch {
  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
  private static final Duration INTERVAL_MAX = Duration.ofSeconds(1);
  private static final double CROWDED_FROM = 0.75;

  /// Somebody's wait for an answer that is being worked on.
  private record Wait(Runnable gone) {}

  /// An answer under way.
  private record Writing(long deadlineNanos) {}

  /// What happens on a connection, which may carry several requests at once.
  private static final class Progress {
    private final Set<Writing> writing = ConcurrentHashMap.newKeySet();
    private final Set<Wait> waiting = ConcurrentHashMap.newKeySet();
    private long quietSinceNanos = System.nanoTime(); // guarded by this, as is the next
    private int requests;

    synchronized void begin() {
      requests++;
    }

    synchronized void end() {
      requests--;
      quietSinceNanos = System.nanoTime();
    }

    synchronized boolean isStuck(long now, Duration quiet) {
      return requests == 0 && now - quietSinceNanos > quiet.toNanos()
          || writing.stream().anyMatch(each -> now - each.deadlineNanos > 0);
    }
  }

  private final String door;
  private final ServerConnector connector;
  private final Patience patience;
  private final int connectionsMax;
  private final Map<EndPoint, Progress> connections = new ConcurrentHashMap<>();

  Watch(String door, ServerConnector connector, Patience patience, int connectionsMax) {
    this.door = door;
    this.connector = connector;
    this.patience = patience;
    this.connectionsMax = connectionsMax;
  }

  /// Begins to look; ends with the connector.
  void start() {
    long millis = Math.min(INTERVAL_MAX.toMillis(), Math.max(1, patience.quiet().toMillis() / 4));
    connector.getScheduler().schedule(this::look, millis, TimeUnit.MILLISECONDS);
  }

  private void look() {
    Set<EndPoint> open = Set.copyOf(connector.getConnectedEndPoints());
    connections.keySet().retainAll(open);
    boolean crowded = open.size() > CROWDED_FROM * connectionsMax;
    Duration quiet = crowded ? patience.quietCrowded() : patience.quiet();
    long now = System.nanoTime();
    for (EndPoint each : open) {
      Progress progress = progress(each);
      if (progress.isStuck(now, quiet)) {
        LOG.debug("connection-shed door={} from={}", door, each.getRemoteSocketAddress());
        each.close();
      } else if (!progress.waiting.isEmpty() && each instanceof Peer peer && peer.isGone()) {
        progress.waiting.forEach(wait -> wait.gone.run());
      }
    }
    start();
  }

  /// A request begins; what is returned is to be told of its end.
  Callback begin(Request request, Callback callback) {
    Progress progress = progress(socket(request));
    progress.begin();
    return Callback.from(callback, progress::end);
  }

  /// An answer begins to be written; what is returned is to be told of its end.
  Callback writing(Request request, long bytes, Callback callback) {
    Progress progress = progress(socket(request));
    var writing = new Writing(System.nanoTime() + patience.forAnswer(bytes).toNanos());
    progress.writing.add(writing);
    return Callback.from(() -> progress.writing.remove(writing), callback);
  }

  /// Does work that somebody waits for, who may go away.
  ///
  /// A connection of HTTP/2 is read from all the time, and its library tells; one of HTTP/1.1 is
  /// looked at now and then.
  <T> T during(Request request, Callable<T> work, Runnable gone) throws Exception {
    if (request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2) {
      request.addFailureListener(failure -> {
        if (!(failure instanceof TimeoutException)) { // which says that nothing was sent for long
          gone.run();
        }
      });
      return work.call();
    }
    Set<Wait> waiting = progress(socket(request)).waiting;
    var wait = new Wait(gone);
    waiting.add(wait);
    try {
      return work.call();
    } finally {
      waiting.remove(wait);
    }
  }

  private Progress progress(EndPoint connection) {
    return connections.computeIfAbsent(connection, _ -> new Progress());
  }

  /// The connection below those that decrypt.
  private static EndPoint socket(Request request) {
    EndPoint end = request.getConnectionMetaData().getConnection().getEndPoint();
    while (end instanceof EndPoint.Wrapper wrapper) {
      end = wrapper.unwrap();
    }
    return end;
  }
}
