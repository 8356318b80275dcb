package valence.node.testing;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// A SOCKS 5 proxy (RFC 1928) without authentication, which counts what passes through it.
public final class SocksProxy implements AutoCloseable {
  private final ServerSocket server;
  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();

  public SocksProxy() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    tasks.submit(() -> {
      while (true) { // until the socket is closed
        Socket socket = server.accept();
        open.add(socket);
        tasks.submit(() -> serve(socket));
      }
    });
  }

  public InetSocketAddress address() {
    return InetSocketAddress.createUnresolved("127.0.0.1", server.getLocalPort());
  }

  /// How many connections were made through it.
  public int connections() {
    return connections.get();
  }

  private Void serve(Socket client) throws IOException {
    DataInputStream in = new DataInputStream(client.getInputStream());
    OutputStream out = client.getOutputStream();
    in.readByte();
    in.readFully(new byte[in.readUnsignedByte()]);
    out.write(new byte[] {5, 0});
    in.readFully(new byte[3]);
    byte[] host = new byte[in.readByte() == 1 ? 4 : in.readUnsignedByte()];
    in.readFully(host);
    int port = in.readUnsignedShort();
    InetAddress address = host.length == 4
        ? InetAddress.getByAddress(host)
        : InetAddress.getByName(new String(host, StandardCharsets.US_ASCII));
    Socket node = new Socket(address, port);
    open.add(node);
    connections.incrementAndGet();
    out.write(new byte[] {5, 0, 0, 1, 0, 0, 0, 0, 0, 0});
    tasks.submit(() -> relay(node.getInputStream(), out, client));
    return relay(in, node.getOutputStream(), node);
  }

  private static Void relay(InputStream from, OutputStream to, Socket end) throws IOException {
    try (end) {
      from.transferTo(to);
    } catch (SocketException ended) {
      to.close();
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
