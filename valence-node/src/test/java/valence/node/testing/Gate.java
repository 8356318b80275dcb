package valence.node.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;

/// Holds deployed code up, which shares no classes with its test: whoever connects to its port
/// waits there until it is opened.
public final class Gate implements AutoCloseable {
  private final ServerSocket entry = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Semaphore arrived = new Semaphore(0);
  private final List<Socket> waiting = new ArrayList<>(); // guarded by this
  private boolean open; // guarded by this

  public Gate() throws IOException {
    Thread.ofVirtual().start(this::receive);
  }

  public int port() {
    return entry.getLocalPort();
  }

  /// Returns once so many have arrived, since the last time that this was asked.
  public void awaitArrivals(int count) throws InterruptedException {
    arrived.acquire(count);
  }

  /// Lets all go on, those who come later as well.
  public synchronized void open() throws IOException {
    open = true;
    for (Socket socket : waiting) {
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    open();
    entry.close();
  }

  private void receive() {
    while (true) {
      try {
        admit(entry.accept());
      } catch (IOException e) {
        if (entry.isClosed()) {
          return;
        }
        throw new UncheckedIOException(e);
      }
    }
  }

  private synchronized void admit(Socket socket) throws IOException {
    waiting.add(socket);
    if (open) {
      socket.close();
    }
    arrived.release();
  }
}
