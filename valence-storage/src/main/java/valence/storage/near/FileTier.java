package valence.storage.near;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.engine.cache.NearTier;
import valence.engine.store.BlobId;

/// Copies of blobs in one directory, up to some bytes.
public final class FileTier implements NearTier {
  private static final Logger LOG = LoggerFactory.getLogger(FileTier.class);
  private static final String UNFINISHED = ".part";
  private static final int PREFIX_LENGTH = 2;

  private final String name;
  private final Path directory;
  private final long bytesMax;
  private final AtomicLong unfinished = new AtomicLong();
  private final AtomicLong damaged = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  /// The bytes of each copy known, the least recently used first.
  private final Map<BlobId, Long> sizes = new LinkedHashMap<>(16, 0.75f, true); // guarded by itself

  private long bytes; // guarded by sizes

  /// Takes over what an earlier process has left in the directory, which is made when there is
  /// none.
  ///
  /// @param name     for metrics
  /// @param bytesMax what the copies may take together
  public FileTier(String name, Path directory, long bytesMax) throws IOException {
    this.name = name;
    this.directory = directory;
    this.bytesMax = bytesMax;
    Files.createDirectories(directory);
    try (Stream<Path> files = Files.find(directory, 2, (_, what) -> what.isRegularFile())) {
      for (Path file : (Iterable<Path>) files::iterator) {
        find(file);
      }
    }
    makeRoom();
  }

  private void find(Path file) throws IOException {
    String id = file.getFileName().toString();
    if (id.endsWith(UNFINISHED)) {
      Files.deleteIfExists(file);
    } else if (id.matches("[0-9a-f]{64}")) {
      keep(new BlobId(id), Files.size(file));
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<ByteBuffer> get(BlobId id) {
    try {
      byte[] file = Files.readAllBytes(path(id));
      int length = file.length - Integer.BYTES;
      if (length < 0
          || ByteBuffer.wrap(file).getInt(length) != checksum(ByteBuffer.wrap(file, 0, length))) {
        damaged.incrementAndGet();
        remove(id);
        return Optional.empty();
      }
      synchronized (sizes) {
        sizes.get(id); // it is the most recently used now
      }
      return Optional.of(ByteBuffer.wrap(file, 0, length).slice().asReadOnlyBuffer());
    } catch (NoSuchFileException e) {
      forget(id);
      return Optional.empty();
    } catch (IOException e) {
      failed("read", e);
      return Optional.empty();
    }
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  @Override
  public void put(BlobId id, ByteBuffer blob) {
    long size = blob.remaining() + (long) Integer.BYTES;
    if (size > bytesMax) {
      return;
    }
    Path file = path(id);
    Path part = file.resolveSibling(id.hex() + "." + ProcessHandle.current().pid() + "."
        + unfinished.incrementAndGet() + UNFINISHED);
    try {
      Files.createDirectories(file.getParent());
      ByteBuffer tail = ByteBuffer.allocate(Integer.BYTES).putInt(0, checksum(blob.duplicate()));
      try (FileChannel channel =
          FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        write(channel, blob.duplicate());
        write(channel, tail);
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      keep(id, size);
      makeRoom();
    } catch (IOException e) {
      failed("keep", e);
      delete(part);
    }
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public void remove(BlobId id) {
    forget(id);
    delete(path(id));
  }

  private void keep(BlobId id, long size) {
    synchronized (sizes) {
      Long known = sizes.put(id, size);
      bytes += size - (known == null ? 0 : known);
    }
  }

  private void forget(BlobId id) {
    synchronized (sizes) {
      Long known = sizes.remove(id);
      bytes -= known == null ? 0 : known;
    }
  }

  private void makeRoom() {
    while (true) {
      BlobId oldest;
      synchronized (sizes) {
        if (bytes <= bytesMax) {
          return;
        }
        Iterator<BlobId> ids = sizes.keySet().iterator();
        oldest = ids.next();
      }
      remove(oldest);
    }
  }

  private void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      failed("delete", e);
    }
  }

  /// A tier that fails is only slower; the log says it once in a while.
  private void failed(String what, IOException e) {
    long count = failed.getAndIncrement();
    if (Long.bitCount(count) <= 1) {
      LOG.warn("near-tier-failed tier={} what={} failures={}", name, what, count + 1, e);
    }
  }

  private Path path(BlobId id) {
    return directory.resolve(id.hex().substring(0, PREFIX_LENGTH)).resolve(id.hex());
  }

  /// What the copies take that this process knows of.
  public long bytes() {
    synchronized (sizes) {
      return bytes;
    }
  }

  @Override
  public long damaged() {
    return damaged.get();
  }
}
