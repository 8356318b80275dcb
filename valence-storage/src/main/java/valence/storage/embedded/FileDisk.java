package valence.storage.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/// The disk of this machine.
final class FileDisk implements Disk {
  /// A channel copies a heap buffer through a direct one of the same size, which the thread keeps.
  private static final int TRANSFER_BYTES_MAX = 1 << 20;

  private static final int FORCES_AT_ONCE = 32;

  private record ChannelFile(FileChannel channel) implements File {
    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
      ByteBuffer slice = part(target);
      int count = channel.read(slice, offset);
      target.position(target.position() + Math.max(count, 0));
      return count;
    }

    @Override
    public int write(ByteBuffer source, long offset) throws IOException {
      int count = channel.write(part(source), offset);
      source.position(source.position() + count);
      return count;
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size);
    }

    @Override
    public void force() throws IOException {
      channel.force(false); // fdatasync, which covers the size but not the times
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }

    private static ByteBuffer part(ByteBuffer buffer) {
      return buffer.slice(buffer.position(), Math.min(buffer.remaining(), TRANSFER_BYTES_MAX));
    }
  }

  @Override
  public File create(Path path) throws IOException {
    return new ChannelFile(
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  @Override
  public File edit(Path path) throws IOException {
    return new ChannelFile(
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  @Override
  public File read(Path path) throws IOException {
    return new ChannelFile(FileChannel.open(path, StandardOpenOption.READ));
  }

  @Override
  public boolean exists(Path path) {
    return Files.exists(path);
  }

  @Override
  public boolean isDirectory(Path path) {
    return Files.isDirectory(path);
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.toList();
    }
  }

  @Override
  public void createDirectory(Path path) throws IOException {
    Files.createDirectory(path);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(Path path) throws IOException {
    Files.delete(path);
  }

  @Override
  public void forceAll(Collection<? extends File> files, Collection<Path> directories)
      throws IOException {
    atOnce(files, File::force);
    atOnce(directories, this::forceDirectory);
  }

  private interface Force<T> {
    void on(T target) throws IOException;
  }

  private static <T> void atOnce(Collection<? extends T> targets, Force<T> force)
      throws IOException {
    List<Callable<Boolean>> forces = new ArrayList<>();
    for (T target : targets) {
      forces.add(() -> {
        force.on(target);
        return true;
      });
    }
    // Threads of the platform: a force holds on to the one that it runs on.
    try (var threads = Executors.newFixedThreadPool(Math.clamp(forces.size(), 1, FORCES_AT_ONCE))) {
      for (Future<Boolean> done : threads.invokeAll(forces)) {
        done.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new ClosedByInterruptException().initCause(e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failed ? failed : new IOException(e.getCause());
    }
  }

  @Override
  public void forceDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
