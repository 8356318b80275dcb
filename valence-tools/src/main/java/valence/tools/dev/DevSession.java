package valence.tools.dev;

import static valence.api.Valence.kw;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.tools.push.WorkingTree;
import valence.tools.solo.RunningNode;
import valence.tools.solo.SoloSystem;
import valence.wire.Fields;
import valence.wire.ion.IonConfig;

/// One run of `valence dev`: starts, reloads on each save, ends.
public final class DevSession implements AutoCloseable {
  /// The name of the system.
  static final String SYSTEM = "dev";

  private static final long NANOS = 1_000_000;

  /// A time of a file that is longer ago says nothing of when it was saved: it was moved here.
  private static final long SAVED_NANOS_AGO_MAX = 10_000 * NANOS;

  private static final int WISHES_MAX = 64;

  /// What a run is asked for.
  ///
  /// @param folder    the application's
  /// @param memory    whether the facts last as long as the run only
  /// @param storage   where the facts are; null for the folder of the run
  /// @param apiPort   null for the usual one, or any if that is taken
  /// @param httpPort  as apiPort
  /// @param debugPort where a debugger may attach; null for nowhere
  public record Asked(
      Path folder,
      boolean memory,
      @Nullable String storage,
      String group,
      @Nullable Integer apiPort,
      @Nullable Integer httpPort,
      @Nullable Integer debugPort) {}

  /// Where it listens, and where the facts are.
  public record Where(String http, String api, String console, String facts, long pid) {}

  /// A revision that serves now.
  ///
  /// @param millis since the save
  record Live(
      String revision,
      boolean first,
      long millis,
      long compileMillis,
      long loadMillis,
      int compiledCount,
      List<String> changed,
      List<?> schema) {}

  /// What wakes the session.
  public enum Wish {
    CHANGED,
    RELOAD,
    QUIT,
    NODE_ENDED
  }

  private final Path folder;
  private final Path application;
  private final Screen screen;
  private final FileChannel lockFile;
  private final BlockingQueue<Wish> wishes = new ArrayBlockingQueue<>(WISHES_MAX);
  private final Set<Path> folders = new HashSet<>(); // of generations that are there
  private final List<Long> reloads = Collections.synchronizedList(new ArrayList<>());
  private final Compiling compiling;
  private final DevNode node;
  private final Where where;
  private volatile WorkingTree tree; // by the session; the watch looks at it
  private WorkingTree.@Nullable Libraries libraries; // null until what describes them is understood
  private @Nullable Generation last;
  private Snapshot tried;
  private volatile Snapshot seen; // by the session; the watch wakes it when there is another
  private int number;
  private int announced; // which number the node was told of
  private String serving = "";
  private @Nullable Path servingFolder;
  private @Nullable Path servedFolder; // before that; the node lets go of it with the next
  private boolean closed; // guarded by this

  private DevSession(
      WorkingTree tree,
      Path folder,
      FileChannel lockFile,
      Screen screen,
      DevNode node,
      Compiling compiling,
      Where where) {
    this.application = tree.folder();
    this.tree = tree;
    this.folder = folder;
    this.lockFile = lockFile;
    this.screen = screen;
    this.node = node;
    this.compiling = compiling;
    this.where = where;
    this.tried = Snapshot.of(tree);
    this.seen = tried;
  }

  /// Starts a node for the application in a folder; `conflict` when one runs already.
  public static DevSession start(Asked asked, Screen screen) throws IOException {
    WorkingTree tree = WorkingTree.of(asked.folder());
    Path folder = SoloSystem.folderOf(tree.folder(), SYSTEM);
    Files.createDirectories(folder);
    ignore(folder.resolveSibling(".gitignore"));
    FileChannel lockFile = locked(folder);
    Generation.remove(folder.resolve("classes"));
    BlockingQueue<Wish> early = new ArrayBlockingQueue<>(1);
    DevSession[] session = {null};
    screen.progress("starting");
    DevNode node = null;
    try {
      node = DevNode.start(
          new DevNode.Start(
              folder,
              asked.memory(),
              asked.storage(),
              asked.group(),
              port(asked.apiPort(), SoloSystem.API_PORT),
              port(asked.httpPort(), 8184),
              asked.debugPort()),
          event -> {
            screen.told(event);
            if (kw("ended").equals(event.get(kw("event")))) {
              DevSession running = session[0];
              if (running == null) {
                early.offer(Wish.NODE_ENDED);
              } else {
                running.wish(Wish.NODE_ENDED);
              }
            }
          });
      String api = "http://127.0.0.1:" + node.up().number("api-port", 1, 65_535);
      String http = "http://127.0.0.1:" + node.up().number("http-port", 1, 65_535);
      String facts = asked.memory()
          ? "in memory, until this ends"
          : asked.storage() != null ? "in the storage that was given" : folder.toString();
      Where where = new Where(http, api, api + "/console/", facts, node.pid());
      Compiling compiling = new Compiling(tree.folder(), folder.resolve("classes"));
      session[0] = new DevSession(tree, folder, lockFile, screen, node, compiling, where);
      session[0].wishes.addAll(early);
      screen.up(where);
      return session[0];
    } catch (RuntimeException | IOException e) {
      if (node != null) {
        node.close();
      }
      lockFile.close();
      throw e;
    }
  }

  /// What is kept here is nobody's source.
  private static void ignore(Path file) throws IOException {
    if (!Files.exists(file)) {
      Files.writeString(file, "*\n");
    }
  }

  private static FileChannel locked(Path folder) throws IOException {
    FileChannel file = FileChannel.open(
        folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock;
    try {
      lock = file.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null; // this process runs it already
    }
    if (lock == null) {
      file.close();
      String runs = new SoloSystem(SYSTEM, folder)
          .running()
          .map(DevSession::running)
          .orElse("It is just starting or ending.");
      throw Anomaly.of(
              Anomaly.Category.CONFLICT,
              "valence dev runs already for this application, in " + folder + ".",
              runs)
          .toException();
    }
    return file;
  }

  private static String running(RunningNode node) {
    return "It answers at " + node.http() + ", its api and console are at " + node.api()
        + ". End it there, with q or Control-C, or with `valence down --system " + SYSTEM + "`.";
  }

  /// The port that is asked for, or else the usual one, or else any.
  private static int port(@Nullable Integer asked, int usual) {
    if (asked != null) {
      return asked;
    }
    try (ServerSocket free = new ServerSocket(usual, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    } catch (IOException e) {
      return 0; // somebody else has it, such as a system that was started with `valence up`
    }
  }

  public Where where() {
    return where;
  }

  /// Asks the session for something; wishes beyond a bound are those that it has already.
  public void wish(Wish wish) {
    if (!wishes.offer(wish)) {
      if (wish == Wish.QUIT || wish == Wish.NODE_ENDED) {
        wishes.clear();
        wishes.add(wish);
      }
    }
  }

  /// Reloads until it is asked to quit, or the node ends; whether it was asked.
  public boolean run() throws IOException, InterruptedException {
    reload(tried, true, System.nanoTime());
    try (SourceWatch watch = new SourceWatch(() -> tree)) {
      Thread watching = Thread.ofPlatform().name("watch").daemon().start(() -> watch(watch));
      try {
        while (true) {
          switch (wishes.take()) {
            case CHANGED -> changed();
            case RELOAD -> reload(Snapshot.of(tree), false, System.nanoTime());
            case QUIT -> {
              return true;
            }
            case NODE_ENDED -> {
              return node.endedAsTold();
            }
          }
        }
      } finally {
        watching.interrupt();
      }
    }
  }

  private void watch(SourceWatch watch) {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Snapshot now = watch.awaitChange(seen);
        seen = now;
        wish(Wish.CHANGED);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the session ends
    }
  }

  private void changed() throws IOException {
    Snapshot now = seen; // one that stayed so for a moment
    if (now.equals(tried)) {
      return; // done already, with what was saved just before
    }
    long nowNanos = System.nanoTime();
    long ago = System.currentTimeMillis() * NANOS - now.newestSince(tried);
    reload(now, false, ago > 0 && ago < SAVED_NANOS_AGO_MAX ? nowNanos - ago : nowNanos);
  }

  /// @param savedNanos when the files were saved, on the clock of `System.nanoTime`
  private void reload(Snapshot saved, boolean first, long savedNanos) throws IOException {
    List<String> changed = first ? List.of() : saved.namesSince(tried);
    boolean described = saved.libraries().equals(tried.libraries());
    tried = saved;
    try {
      long begun = System.nanoTime();
      WorkingTree.Libraries with = described ? libraries : null;
      Snapshot now = saved;
      if (with == null) {
        libraries = null;
        tree = WorkingTree.of(application);
        now = Snapshot.of(tree);
        tried = now;
        with = tree.libraries(folder.resolve("libraries.edn"), screen::progress);
        libraries = with;
      }
      if (first) {
        screen.progress("compiling");
      }
      Generation next;
      switch (compiling.next(last, number + 1, now, with)) {
        case Compiling.Outcome.Made(Generation made) -> next = made;
        case Compiling.Outcome.Failed(List<String> messages) -> {
          screen.refused("compile", messages, serving);
          return;
        }
      }
      last = next;
      number++;
      forget(next.folder());
      String config = WorkingTree.config(next.folder());
      IonConfig.parse(config); // its mistakes are told without the node
      long compiled = System.nanoTime();
      load(next, config, first, savedNanos, compiled, (compiled - begun) / NANOS, changed);
    } catch (NoSuchFileException e) {
      screen.progress(e.getFile() + " is gone meanwhile");
      wish(Wish.RELOAD); // with what is there then
    } catch (AnomalyException e) {
      if (e.anomaly().category() == Anomaly.Category.UNAVAILABLE) {
        throw e; // the node is gone
      }
      screen.refused("config", List.of(e.anomaly().message()), serving);
    }
    if (libraries != null && number > 0 && announced <= number) {
      announce(libraries);
    }
  }

  private void load(
      Generation next,
      String config,
      boolean first,
      long savedNanos,
      long compiledNanos,
      long compileMillis,
      List<String> changed) {
    Fields answer = node.load(next, config);
    if (answer.keyword("event").getName().equals("refused")) {
      String stack = answer.text("stack", "");
      List<String> messages = new ArrayList<>();
      messages.add(answer.text("message", ""));
      if (!stack.isEmpty()) {
        messages.add(stack.strip());
      }
      screen.refused("load", messages, serving);
      return;
    }
    long live = System.nanoTime();
    serving = "dev/" + next.number();
    servedFolder = servingFolder;
    servingFolder = next.folder();
    long millis = (live - savedNanos) / NANOS;
    if (!first) {
      reloads.add(millis);
    }
    screen.live(new Live(
        serving,
        first,
        millis,
        compileMillis,
        (live - compiledNanos) / NANOS,
        next.compiledCount(),
        changed,
        answer.list("schema", List.of())));
  }

  /// Lets the node load what the next revision needs of libraries, while somebody writes it.
  private void announce(WorkingTree.Libraries with) throws IOException {
    Path next = folder.resolve("classes").resolve(String.valueOf(number + 1));
    Files.createDirectories(next);
    announced = number + 1;
    node.announce(
        number + 1, Stream.concat(Stream.of(next), with.runtime().stream()).toList());
  }

  /// Removes the folders that nothing runs any more, and nothing is made of.
  private void forget(Path newest) throws IOException {
    folders.add(newest);
    for (Path each : List.copyOf(folders)) {
      if (!each.equals(newest) && !each.equals(servingFolder) && !each.equals(servedFolder)) {
        Generation.remove(each);
        folders.remove(each);
      }
    }
  }

  /// Why the node ended by itself.
  public AnomalyException ended() {
    return node.ended(null);
  }

  /// Ends the node, once the calls under way are answered.
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    node.close();
    screen.end(List.copyOf(reloads));
    try {
      compiling.close();
      Files.deleteIfExists(folder.resolve("node.edn"));
      Generation.remove(folder.resolve("classes"));
      lockFile.close();
    } catch (IOException e) {
      throw Anomaly.fault("The folder " + folder + " couldn't be tidied up: " + e + ".")
          .toException(e);
    }
  }
}
