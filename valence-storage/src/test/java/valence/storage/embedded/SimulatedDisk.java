package valence.storage.embedded;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A disk in memory that is as bad as [Disk] allows: it forgets what wasn't forced, in part and in
/// any order; reads and writes less than asked; fails to force; fills up; flips bits that are read;
/// says that a file ends where it doesn't.
///
/// Each file and directory has what a process sees, what is durable, and the changes in between.
/// One operation at a time, and the same for the same random numbers and order of operations.
final class SimulatedDisk implements Disk {
  /// The power is off: thrown by the operation that was cut short, and by every later one.
  static final class PowerLoss extends Error {
    private PowerLoss() {
      super("the power is off");
    }
  }

  private sealed interface Node {}

  private sealed interface Change {
    record Write(long offset, byte[] bytes) implements Change {}

    record Resize(long size) implements Change {}
  }

  private record Entry(String name, @Nullable Node node) {}

  private static final class Content implements Node {
    byte[] seen = {};
    byte[] durable = {};
    final List<Change> pending = new ArrayList<>();
  }

  private static final class Directory implements Node {
    final Map<String, Node> seen = new TreeMap<>();
    final Map<String, Node> durable = new TreeMap<>();
    final List<Entry> pending = new ArrayList<>();

    void put(String name, @Nullable Node node) {
      apply(seen, new Entry(name, node));
      pending.add(new Entry(name, node));
    }
  }

  private static final long UNBOUNDED = 1L << 40;

  private final RandomGenerator random;
  private final Path rootPath;
  private final Directory root = new Directory();
  private int generation;
  private long powerLossIn = UNBOUNDED;
  private boolean off;
  private long forceFailsIn = UNBOUNDED;
  private long freeBytes = UNBOUNDED;
  private long flipIn = UNBOUNDED;
  private long endIn = UNBOUNDED;

  SimulatedDisk(RandomGenerator random, Path rootPath) {
    this.random = random;
    this.rootPath = rootPath;
  }

  /// Takes the power away during the n-th change from now on, 1 being the next.
  synchronized void losePowerIn(long changes) {
    powerLossIn = changes;
  }

  /// Lets the n-th force of a file or directory from now on fail, 1 being the next.
  synchronized void failForceIn(long forces) {
    forceFailsIn = forces;
  }

  /// Lets writes fail when they have made files longer by that many bytes.
  synchronized void fillUpAfter(long bytes) {
    freeBytes = bytes;
  }

  /// Lets the n-th read from now on deliver one bit wrong, 1 being the next.
  synchronized void flipIn(long reads) {
    flipIn = reads;
  }

  /// Lets the n-th read from now on find the end of the file where it began, 1 being the next.
  synchronized void endIn(long reads) {
    endIn = reads;
  }

  /// Whether the power was lost.
  synchronized boolean isOff() {
    return off;
  }

  /// Takes the faults back that [#failForceIn], [#fillUpAfter], [#flipIn] and [#endIn] have set.
  synchronized void mend() {
    flipIn = UNBOUNDED;
    endIn = UNBOUNDED;
    forceFailsIn = UNBOUNDED;
    freeBytes = UNBOUNDED;
  }

  /// Starts again after a loss of power: what wasn't forced is there in part.
  synchronized void restart() {
    loseUnforced(root, Collections.newSetFromMap(new IdentityHashMap<>()));
    restartProcess();
  }

  /// Starts again after the process was killed, with the power on: what was written is there,
  /// forced or not.
  synchronized void restartProcess() {
    generation++;
    off = false;
    powerLossIn = UNBOUNDED;
    mend();
  }

  /// The bytes of a file, which the caller may change.
  synchronized byte[] bytes(Path path) throws IOException {
    return content(path).seen;
  }

  /// Makes a file hold these bytes, durably.
  synchronized void overwrite(Path path, byte[] bytes) throws IOException {
    Content content = content(path);
    content.seen = bytes.clone();
    content.durable = bytes.clone();
    content.pending.clear();
  }

  /// Every file there is.
  synchronized List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    collect(rootPath, root, files);
    return files;
  }

  private static void collect(Path path, Directory directory, List<Path> files) {
    directory.seen.forEach((name, node) -> {
      switch (node) {
        case Content _ -> files.add(path.resolve(name));
        case Directory child -> collect(path.resolve(name), child, files);
      }
    });
  }

  @Override
  public synchronized File create(Path path) throws IOException {
    Directory directory = parent(path);
    if (directory.seen.containsKey(name(path))) {
      throw new FileAlreadyExistsException(path.toString());
    }
    Content content = new Content();
    directory.put(name(path), content);
    changed();
    return new OpenFile(content, generation);
  }

  @Override
  public synchronized File edit(Path path) throws IOException {
    return new OpenFile(content(path), generation);
  }

  @Override
  public synchronized File read(Path path) throws IOException {
    return new OpenFile(content(path), generation);
  }

  @Override
  public synchronized boolean exists(Path path) {
    requirePower();
    return find(path) != null;
  }

  @Override
  public synchronized boolean isDirectory(Path path) {
    requirePower();
    return find(path) instanceof Directory;
  }

  @Override
  public synchronized List<Path> list(Path path) throws IOException {
    return directory(path).seen.keySet().stream().map(path::resolve).toList();
  }

  @Override
  public synchronized void createDirectory(Path path) throws IOException {
    if (exists(path)) {
      throw new FileAlreadyExistsException(path.toString());
    }
    parent(path).put(name(path), new Directory());
    changed();
  }

  @Override
  public synchronized void rename(Path from, Path to) throws IOException {
    Node node = find(from);
    if (node == null) {
      throw new NoSuchFileException(from.toString());
    }
    parent(to).put(name(to), node);
    parent(from).put(name(from), null);
    changed();
  }

  @Override
  public synchronized void delete(Path path) throws IOException {
    if (!exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    if (find(path) instanceof Directory directory && !directory.seen.isEmpty()) {
      throw new IOException(path + " is not empty");
    }
    parent(path).put(name(path), null);
    changed();
  }

  @Override
  public synchronized void forceDirectory(Path path) throws IOException {
    Directory directory = directory(path);
    changed();
    if (--forceFailsIn == 0) {
      throw new IOException("Input/output error");
    }
    for (Entry entry : directory.pending) {
      apply(directory.durable, entry);
    }
    directory.pending.clear();
  }

  private final class OpenFile implements File {
    private final Content content;
    private final int openedIn;

    OpenFile(Content content, int openedIn) {
      this.content = content;
      this.openedIn = openedIn;
    }

    @Override
    public int read(ByteBuffer target, long offset) {
      synchronized (SimulatedDisk.this) {
        return readAlone(target, offset);
      }
    }

    private int readAlone(ByteBuffer target, long offset) {
      requireOpen();
      if (offset >= content.seen.length || --endIn == 0) {
        return -1;
      }
      int available = (int) Math.min(target.remaining(), content.seen.length - offset);
      int count = random.nextInt(4) == 0 ? 1 + random.nextInt(available) : available;
      target.put(content.seen, (int) offset, count);
      if (--flipIn == 0) {
        int flipped = target.position() - 1 - random.nextInt(count);
        target.put(flipped, (byte) (target.get(flipped) ^ 1 << random.nextInt(8)));
      }
      return count;
    }

    @Override
    public int write(ByteBuffer source, long offset) throws IOException {
      synchronized (SimulatedDisk.this) {
        return writeAlone(source, offset);
      }
    }

    private int writeAlone(ByteBuffer source, long offset) throws IOException {
      requireOpen();
      long inside = Math.max(0, content.seen.length - offset); // takes no more space
      int asked = (int) Math.min(source.remaining(), inside + freeBytes);
      if (asked == 0) {
        throw new IOException("No space left on device");
      }
      byte[] bytes = new byte[random.nextInt(4) == 0 ? 1 + random.nextInt(asked) : asked];
      freeBytes -= Math.max(0, bytes.length - inside);
      source.get(bytes);
      Change change = new Change.Write(offset, bytes);
      content.seen = applied(content.seen, change);
      content.pending.add(change);
      changed();
      return bytes.length;
    }

    @Override
    public long size() {
      synchronized (SimulatedDisk.this) {
        return sizeAlone();
      }
    }

    private long sizeAlone() {
      requireOpen();
      return content.seen.length;
    }

    @Override
    public void truncate(long size) {
      synchronized (SimulatedDisk.this) {
        truncateAlone(size);
      }
    }

    private void truncateAlone(long size) {
      requireOpen();
      if (size < content.seen.length) {
        Change change = new Change.Resize(size);
        content.seen = applied(content.seen, change);
        content.pending.add(change);
        changed();
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (SimulatedDisk.this) {
        forceAlone();
      }
    }

    private void forceAlone() throws IOException {
      requireOpen();
      changed();
      if (--forceFailsIn == 0) {
        content.durable = remains(content); // the rest is never written, though it is still seen
        content.pending.clear();
        throw new IOException("Input/output error");
      }
      // What a failed force forgot isn't among the pending, and stays forgotten.
      for (Change change : content.pending) {
        content.durable = applied(content.durable, change);
      }
      content.pending.clear();
    }

    @Override
    public void close() {}

    private void requireOpen() {
      requirePower();
      assert openedIn == generation : "a file of a process that has ended";
    }
  }

  private void requirePower() {
    if (off) {
      throw new PowerLoss();
    }
  }

  /// To be called behind each change, and before each force.
  private void changed() {
    requirePower();
    if (--powerLossIn == 0) {
      off = true;
      throw new PowerLoss();
    }
  }

  private void loseUnforced(Node node, Set<Node> visited) {
    if (!visited.add(node)) {
      return;
    }
    switch (node) {
      case Content content -> {
        content.durable = remains(content);
        content.seen = content.durable.clone();
        content.pending.clear();
      }
      case Directory directory -> {
        for (Entry entry : directory.pending) {
          if (random.nextBoolean()) {
            apply(directory.durable, entry);
          }
        }
        directory.pending.clear();
        directory.seen.clear();
        directory.seen.putAll(directory.durable);
        directory.durable.values().forEach(child -> loseUnforced(child, visited));
      }
    }
  }

  /// What is durable of a file, with any part of the pending changes.
  private byte[] remains(Content content) {
    byte[] bytes = content.durable;
    for (Change change : content.pending) {
      switch (change) {
        case Change.Resize _ -> bytes = random.nextBoolean() ? applied(bytes, change) : bytes;
        case Change.Write write -> bytes = torn(bytes, write);
      }
    }
    return bytes.clone();
  }

  private byte[] torn(byte[] bytes, Change.Write write) {
    int length = write.bytes().length;
    int cut = random.nextInt(length + 1);
    return switch (random.nextInt(5)) {
      case 0 -> bytes;
      case 1 -> applied(bytes, part(write, 0, cut));
      case 2 -> applied(bytes, part(write, cut, length));
      case 3 -> applied(bytes, garbled(bytes, write, cut));
      default -> applied(bytes, write);
    };
  }

  private static Change part(Change.Write write, int from, int to) {
    return new Change.Write(write.offset() + from, Arrays.copyOfRange(write.bytes(), from, to));
  }

  /// The write with garbage from `cut` on, in place of whatever it would have changed.
  private Change garbled(byte[] before, Change.Write write, int cut) {
    byte[] bytes = write.bytes().clone();
    for (int i = cut; i < bytes.length; i++) {
      long offset = write.offset() + i;
      if (offset >= before.length || before[(int) offset] != bytes[i]) {
        bytes[i] = (byte) random.nextInt();
      }
    }
    return new Change.Write(write.offset(), bytes);
  }

  private static byte[] applied(byte[] bytes, Change change) {
    return switch (change) {
      case Change.Resize(long size) -> Arrays.copyOf(bytes, (int) size);
      case Change.Write(long offset, byte[] written) -> {
        if (written.length == 0) {
          yield bytes;
        }
        byte[] result = Arrays.copyOf(bytes, (int) Math.max(bytes.length, offset + written.length));
        System.arraycopy(written, 0, result, (int) offset, written.length);
        yield result;
      }
    };
  }

  private static void apply(Map<String, Node> entries, Entry entry) {
    if (entry.node() == null) {
      entries.remove(entry.name());
    } else {
      entries.put(entry.name(), entry.node());
    }
  }

  private @Nullable Node find(Path path) {
    Node node = root;
    for (Path name : rootPath.relativize(path)) {
      if (!name.toString().isEmpty()) {
        node = node instanceof Directory directory ? directory.seen.get(name.toString()) : null;
      }
    }
    return node;
  }

  private Directory directory(Path path) throws IOException {
    requirePower();
    if (find(path) instanceof Directory directory) {
      return directory;
    }
    throw new NoSuchFileException(path.toString());
  }

  private Content content(Path path) throws IOException {
    requirePower();
    return switch (find(path)) {
      case Content content -> content;
      case Directory _ -> throw new FileNotFoundException(path + " is a directory");
      case null -> throw new NoSuchFileException(path.toString());
    };
  }

  private Directory parent(Path path) throws IOException {
    Path parent = path.getParent();
    if (parent == null) {
      throw new NoSuchFileException(path.toString());
    }
    return directory(parent);
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }
}
