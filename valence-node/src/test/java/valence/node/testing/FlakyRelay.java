package valence.node.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// A way to a port of this machine whose connections break, each after so many bytes of answers,
/// drawn at random; the later ones last longer, so that everything gets through in the end.
public final class FlakyRelay implements AutoCloseable {
  private static final int BYTES_LEAST = 600;
  private static final int DOUBLINGS_MAX = 14;

  private final ServerSocket server;
  private final int port;
  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger broken = new AtomicInteger();
  private final SplittableRandom random; // of the accepting thread
  private int connections; // likewise

  /// @param port of the node
  public FlakyRelay(int port, long seed) throws IOException {
    this.port = port;
    this.random = new SplittableRandom(seed);
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    tasks.submit(() -> {
      while (true) { // until the socket is closed
        Socket socket = server.accept();
        int doublings = Math.min(DOUBLINGS_MAX, connections++);
        long bytes = BYTES_LEAST + random.nextLong((long) BYTES_LEAST << doublings);
        tasks.submit(() -> serve(socket, bytes));
      }
    });
  }

  public int port() {
    return server.getLocalPort();
  }

  /// How many connections it has broken.
  public int broken() {
    return broken.get();
  }

  private Void serve(Socket client, long bytes) throws IOException {
    open.add(client);
    try (client;
        Socket node = new Socket(InetAddress.getLoopbackAddress(), port)) {
      open.add(node);
      tasks.submit(() -> client.getInputStream().transferTo(node.getOutputStream()));
      InputStream from = node.getInputStream();
      OutputStream to = client.getOutputStream();
      long left = bytes;
      byte[] chunk = new byte[4096];
      for (int count = from.read(chunk); count >= 0; count = from.read(chunk)) {
        int passed = (int) Math.min(count, left);
        to.write(chunk, 0, passed);
        to.flush();
        left -= passed;
        if (left == 0) {
          broken.incrementAndGet();
          client.setSoLinger(true, 0);
          node.setSoLinger(true, 0);
          return null;
        }
      }
    } finally {
      open.remove(client);
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket each : open) {
      each.close();
    }
    tasks.shutdownNow();
  }
}
