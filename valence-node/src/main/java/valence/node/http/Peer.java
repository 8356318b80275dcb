package valence.node.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/// The other side of a connection, which may be asked whether it is still there while nobody reads
/// from it. The library only finds out when it writes an answer.
///
/// To look is to read: what comes is kept, and given to whoever reads next.
final class Peer extends SocketChannelEndPoint {
  /// What is kept at most; a peer that sent more is not looked at again until somebody reads.
  private static final int KEPT_BYTES_MAX = 1 << 10;

  private @Nullable ByteBuffer kept; // guarded by this, to be read from; null for nothing
  private boolean hasEnded; // guarded by this

  Peer(SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
    super(channel, selector, key, scheduler);
  }

  /// Whether the other side has closed its end of the connection.
  synchronized boolean isGone() {
    if (hasEnded || !isOpen()) {
      return true;
    }
    int keptBytes = kept == null ? 0 : kept.remaining();
    if (keptBytes >= KEPT_BYTES_MAX) {
      return false;
    }
    ByteBuffer more = ByteBuffer.allocate(KEPT_BYTES_MAX);
    if (kept != null) {
      more.put(kept);
    }
    try {
      hasEnded = getChannel().read(more) < 0;
    } catch (IOException reset) {
      hasEnded = true;
    }
    more.flip();
    kept = more.hasRemaining() ? more : null;
    return hasEnded;
  }

  @Override
  public synchronized int fill(ByteBuffer into) throws IOException {
    ByteBuffer first = kept;
    if (first == null) {
      return super.fill(into);
    }
    int position = BufferUtil.flipToFill(into);
    int count = Math.min(into.remaining(), first.remaining());
    into.put(into.position(), first, first.position(), count);
    into.position(into.position() + count);
    first.position(first.position() + count);
    BufferUtil.flipToFlush(into, position);
    if (!first.hasRemaining()) {
      kept = null;
    }
    notIdle();
    return count;
  }

  @Override
  protected void needsFillInterest() {
    boolean isReadable;
    synchronized (this) {
      isReadable = kept != null;
    }
    if (isReadable) {
      Thread.ofVirtual().name("peer").start(() -> getFillInterest().fillable());
    } else {
      super.needsFillInterest();
    }
  }
}
