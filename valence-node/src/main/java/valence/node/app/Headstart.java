package valence.node.app;

import clojure.lang.Symbol;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Client;
import valence.engine.code.ClojureRuntime;
import valence.ion.AppInfo;
import valence.node.telemetry.Telemetry;
import valence.wire.ion.IonConfig;

/// Code of a revision whose own files are still to come: its loader has started its Clojure and
/// loaded the libraries, which is most of what loading takes.
///
/// The revision has a Clojure of its own all the same, and nothing in it that another revision
/// said: what is loaded ahead comes from libraries alone.
public final class Headstart implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Headstart.class);

  // What Clojure looks for while it starts.
  private static final List<String> START_FILES =
      List.of("user.clj", "data_readers.clj", "data_readers.cljc");

  private static final List<String> NAMESPACE_FILES = List.of(".clj", ".cljc", "__init.class");

  private final AppInfo info;
  private final CodeLoader code;
  private final Collection<Symbol> namespaces;
  private final AtomicBoolean taken = new AtomicBoolean();

  private Headstart(AppInfo info, CodeLoader code, Collection<Symbol> namespaces) {
    this.info = info;
    this.code = code;
    this.namespaces = namespaces;
  }

  /// Whether the next revision of an application will load sooner with one: when it uses Clojure.
  public static boolean pays(Application application) {
    return application.code() instanceof CodeLoader code && code.clojure().isPresent();
  }

  /// The namespaces that an application has loaded by now, but those that a folder of its class
  /// path has: what the next revision of that folder will load as well. None without Clojure. Like
  /// [#begin] to be called on a thread that ends afterwards.
  public static List<Symbol> namespaces(Application application, Path folder) {
    List<Symbol> namespaces = new ArrayList<>();
    if (application.code() instanceof CodeLoader code
        && code.clojure().isPresent()
        && code.clojure().get().var("clojure.core", "loaded-libs").invoke()
            instanceof Iterable<?> all) {
      for (Object each : all) {
        if (each instanceof Symbol namespace && !isIn(folder, namespace)) {
          namespaces.add(namespace);
        }
      }
    }
    return namespaces;
  }

  private static boolean isIn(Path folder, Symbol namespace) {
    String path = namespace.getName().replace('.', '/').replace('-', '_');
    return NAMESPACE_FILES.stream()
        .anyMatch(end -> Files.isRegularFile(folder.resolve(path + end)));
  }

  /// Starts Clojure and loads namespaces, on the calling thread. A library that doesn't load ends
  /// it early: the revision will say why, if it needs that.
  ///
  /// @param classPath as of [Application#load]; its folders have to be there, empty or not
  public static Headstart begin(
      AppInfo info,
      List<Path> classPath,
      Client system,
      Telemetry telemetry,
      Collection<Symbol> namespaces) {
    CodeLoader code = new CodeLoader(info, classPath, system, telemetry);
    Headstart headstart = new Headstart(info, code, List.copyOf(namespaces));
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try {
      ClojureRuntime clojure = ClojureRuntime.of(code);
      thread.setContextClassLoader(code);
      for (Symbol namespace : namespaces) {
        clojure.var("clojure.core", "serialized-require").invoke(namespace);
      }
    } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
      LOG.debug("headstart-ended-early revision={}", info.revision(), e);
    } finally {
      thread.setContextClassLoader(before);
    }
    return headstart;
  }

  /// What the revision will be.
  public AppInfo info() {
    return info;
  }

  /// Whether a folder of files that came later changes nothing of what was done before.
  public boolean fits(Path folder) {
    return START_FILES.stream().noneMatch(file -> Files.isRegularFile(folder.resolve(file)))
        && namespaces.stream().noneMatch(namespace -> isIn(folder, namespace));
  }

  /// The revision, now that its files are there; once. Fails as [Application#load].
  public Application load(IonConfig config) {
    if (!taken.compareAndSet(false, true)) {
      throw new IllegalStateException("a head start is for one revision");
    }
    return Application.load(info, config, code);
  }

  /// Lets go of code that no revision took.
  @Override
  public void close() {
    if (taken.compareAndSet(false, true)) {
      Application.discard(info, code);
    }
  }
}
