package valence.node.app;

import clojure.lang.IFn;
import clojure.lang.Keyword;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.Timer;
import java.util.WeakHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import valence.api.Client;
import valence.engine.code.ClojureRuntime;
import valence.ion.AppInfo;
import valence.ion.spi.Contained;
import valence.node.telemetry.Hosted;
import valence.node.telemetry.Telemetry;

/// Loads the code of one revision, apart from the node's and from other revisions', and keeps note
/// of what the code has to give back.
///
/// That goes for Clojure, too. Its namespaces, vars and compiler are static, so each revision has
/// copies of its own of the classes that hold them, and shares with the node only data: see
/// [SharedClojure]. A revision brings the Clojure that it was written for; one without has the
/// node's.
public final class CodeLoader extends URLClassLoader implements Hosted, Contained.Keeper {
  /// Hooks of one revision, at most.
  private static final int HOOKS_MAX = 256;

  /// With so many begun it is looked first which have ended.
  private static final int THREADS_LOOK = 64;

  /// Threads of one revision that run at once, of those that its classes start.
  static final int THREADS_MAX = 1_000;

  /// Timers of one revision that are ended with it; of more, the last.
  private static final int TIMERS_MAX = 1_000;

  private static final String CLOJURE = "clojure.";
  private static final String CLOJURE_CLASSES = "clojure.lang.";
  private static final String CLOJURE_FILES = "clojure/";
  private static final String RUNTIME = "clojure.lang.RT";
  private static final String CLOJURE_RUNTIME = "clojure/lang/RT.class";

  // One file of each of the three libraries that Clojure is.
  private static final List<String> CLOJURE_LIBRARIES =
      List.of(CLOJURE_RUNTIME, "clojure/spec/alpha.clj", "clojure/core/specs/alpha.clj");

  static {
    registerAsParallelCapable();
  }

  /// A jar or a folder of the class path.
  private sealed interface Part {
    URL url();

    /// The content of a file in it; null when there is none.
    byte @Nullable [] read(String name) throws IOException;

    static Part open(Path path) throws IOException {
      if (Files.isDirectory(path)) {
        return new Folder(path, path.toUri().toURL());
      }
      JarFile file = new JarFile(path.toFile(), false, ZipFile.OPEN_READ, Runtime.version());
      return new Jar(file, path.toUri().toURL(), file.getManifest());
    }

    record Jar(JarFile file, URL url, @Nullable Manifest manifest) implements Part {
      @Override
      public byte @Nullable [] read(String name) throws IOException {
        JarEntry entry = file.getJarEntry(name);
        if (entry == null) {
          return null;
        }
        try (InputStream in = file.getInputStream(entry)) {
          return in.readAllBytes();
        }
      }
    }

    record Folder(Path path, URL url) implements Part {
      @Override
      public byte @Nullable [] read(String name) throws IOException {
        Path file = path.resolve(name);
        return Files.isRegularFile(file) ? Files.readAllBytes(file) : null;
      }
    }
  }

  private final AppInfo appInfo;
  private final Client system;
  private final Telemetry telemetry;
  private final List<Part> parts = new CopyOnWriteArrayList<>();

  /// Executors, which their threads hold as long as they have some.
  private final Set<Object> opened =
      Collections.newSetFromMap(new WeakHashMap<>()); // guarded by itself

  /// Timers, which their threads don't hold.
  private final Deque<Timer> timers = new ArrayDeque<>(); // guarded by opened

  /// Those that ended are let go when there are many.
  private final Set<Thread> started = new HashSet<>(); // guarded by itself
  private int startedLook = THREADS_LOOK; // guarded by started

  private final Set<Thread> hooks = new LinkedHashSet<>(); // guarded by itself
  private boolean hasClojure; // guarded by this
  private volatile @Nullable ClojureRuntime clojure;

  /// @param jars   the class path, in its order; folders as well
  /// @param system a client of the system, for the code
  CodeLoader(AppInfo appInfo, List<Path> jars, Client system, Telemetry telemetry) {
    super(appInfo.revision(), urls(jars), new Exposed());
    this.appInfo = appInfo;
    this.system = system;
    this.telemetry = telemetry;
    try {
      for (Path jar : jars) {
        parts.add(Part.open(jar));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a jar of revision " + appInfo.revision(), e);
    }
  }

  /// What the code of this loader learns about itself.
  @Override
  public AppInfo appInfo() {
    return appInfo;
  }

  @Override
  public Telemetry telemetry() {
    return telemetry;
  }

  /// What the code of this loader reaches its databases through.
  public Client system() {
    return system;
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    if (name.startsWith(CLOJURE)) {
      ensureClojure();
      if (name.equals(RUNTIME)) {
        NodeClojure.start(); // whose data the revision's is
      }
    }
    String path = name.replace('.', '/') + ".class";
    try {
      for (Part part : parts) {
        byte[] bytes = part.read(path);
        if (bytes != null) {
          return define(name, part, bytes);
        }
      }
    } catch (IOException | IllegalStateException e) { // closed, or damaged
      throw new ClassNotFoundException(name, e);
    }
    throw new ClassNotFoundException(name);
  }

  private Class<?> define(String name, Part part, byte[] bytes) {
    int dot = name.lastIndexOf('.');
    if (dot > 0 && getDefinedPackage(name.substring(0, dot)) == null) {
      definePackageOnce(name.substring(0, dot), part);
    }
    byte[] own = name.startsWith(CLOJURE_CLASSES) ? OwnClojure.rewritten(bytes) : bytes;
    byte[] contained = Containment.of(own, this);
    var source = new CodeSource(part.url(), (Certificate @Nullable []) null);
    return defineClass(
        name, contained, 0, contained.length, new ProtectionDomain(source, null, this, null));
  }

  private void definePackageOnce(String name, Part part) {
    try {
      if (part instanceof Part.Jar(var _, URL url, Manifest manifest) && manifest != null) {
        definePackage(name, manifest, url);
      } else {
        definePackage(name, null, null, null, null, null, null, null);
      }
    } catch (IllegalArgumentException e) { // another thread was first
      assert getDefinedPackage(name) != null;
    }
  }

  @Override
  public @Nullable URL findResource(String name) {
    if (name.startsWith(CLOJURE_FILES)) {
      ensureClojure();
    }
    return super.findResource(name);
  }

  @Override
  public Enumeration<URL> findResources(String name) throws IOException {
    if (name.startsWith(CLOJURE_FILES)) {
      ensureClojure();
    }
    return super.findResources(name);
  }

  /// The loader of the revision whose code the calling thread runs, by the thread's context, which
  /// threads inherit.
  public static Optional<CodeLoader> current() {
    for (ClassLoader loader = Thread.currentThread().getContextClassLoader();
        loader != null;
        loader = loader.getParent()) {
      if (loader instanceof CodeLoader code) {
        return Optional.of(code);
      }
    }
    return Optional.empty();
  }

  /// What the revision's own Clojure prints with, once it is up.
  Optional<IFn> printing() {
    return clojure().filter(ClojureRuntime::prints).map(ClojureRuntime::printing);
  }

  /// The revision's own Clojure; empty when its code has started none.
  Optional<ClojureRuntime> clojure() {
    if (clojure == null && findLoadedClass(RUNTIME) != null) {
      clojure = ClojureRuntime.of(this);
    }
    return Optional.ofNullable(clojure);
  }

  /// Defines a class of the node's own as one of the code's, for what the JDK lets a loader do for
  /// its own classes only.
  Class<?> adopt(Class<?> own) throws IOException {
    String path = own.getName().replace('.', '/') + ".class";
    try (InputStream in = own.getClassLoader().getResourceAsStream(path)) {
      if (in == null) {
        throw new IOException("there is no " + path);
      }
      byte[] bytes = in.readAllBytes();
      return defineClass(own.getName(), bytes, 0, bytes.length);
    }
  }

  @Override
  public void opened(Object resource) {
    synchronized (opened) {
      if (resource instanceof Timer timer) {
        timers.add(timer);
        if (timers.size() > TIMERS_MAX) {
          timers.remove();
        }
      } else {
        opened.add(resource);
      }
    }
  }

  @Override
  public boolean starting(Thread thread) {
    synchronized (started) {
      if (started.size() >= startedLook) {
        started.removeIf(each -> each.getState() == Thread.State.TERMINATED);
        startedLook = Math.min(THREADS_MAX, Math.max(THREADS_LOOK, 2 * started.size()));
      }
      return started.size() < THREADS_MAX && started.add(thread);
    }
  }

  /// The executors and timers that the code made and that are still about.
  List<Object> stillOpen() {
    synchronized (opened) {
      List<Object> open = new ArrayList<>(opened);
      open.addAll(timers);
      return open;
    }
  }

  @Override
  public boolean hooked(Thread hook) {
    synchronized (hooks) {
      return hooks.size() < HOOKS_MAX && hooks.add(hook);
    }
  }

  @Override
  public boolean unhooked(Thread hook) {
    synchronized (hooks) {
      return hooks.remove(hook);
    }
  }

  /// The hooks to be run now; asked for once.
  List<Thread> takeHooks() {
    synchronized (hooks) {
      List<Thread> taken = List.copyOf(hooks);
      hooks.clear();
      return taken;
    }
  }

  /// Ends what the revision's own Clojure keeps running.
  void stopClojure() {
    clojure().ifPresent(ClojureRuntime::stop);
  }

  @Override
  public void close() throws IOException {
    for (Part part : parts) {
      if (part instanceof Part.Jar jar) {
        jar.file().close();
      }
    }
    super.close();
  }

  private void add(URL url) {
    try {
      parts.add(Part.open(Path.of(url.toURI())));
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException("the node's " + url + " can't be read", e);
    }
    addURL(url);
  }

  /// Adds the node's Clojure for a revision that brings none, once somebody asks for it.
  private synchronized void ensureClojure() {
    if (!hasClojure) {
      hasClojure = true;
      if (super.findResource(CLOJURE_RUNTIME) == null) {
        CLOJURE_LIBRARIES.forEach(file -> add(nodesJarWith(file)));
      }
    }
  }

  private static URL nodesJarWith(String file) {
    ClassLoader node = Keyword.class.getClassLoader();
    URL found = node.getResource(file);
    try {
      if (found != null && found.openConnection() instanceof JarURLConnection jar) {
        return jar.getJarFileURL();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the node's Clojure", e);
    }
    throw new AssertionError("the node's class path has " + file + " in a jar");
  }

  private static URL[] urls(List<Path> jars) {
    try {
      URL[] urls = new URL[jars.size()];
      for (int i = 0; i < urls.length; i++) {
        urls[i] = jars.get(i).toUri().toURL();
      }
      return urls;
    } catch (MalformedURLException e) {
      throw new AssertionError("a file has a URL", e);
    }
  }

  /// What of the node an application sees. All else, the node's libraries among it, it has to bring
  /// itself, in whatever version it likes.
  private static final class Exposed extends ClassLoader {
    private static final List<String> PACKAGES =
        List.of("valence.api.", "valence.edn.", "valence.ion.", "org.slf4j.");

    private final ClassLoader node = CodeLoader.class.getClassLoader();

    Exposed() {
      super("exposed", ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (SharedClojure.contains(name)) {
        return node.loadClass(name);
      }
      for (String prefix : PACKAGES) {
        if (name.startsWith(prefix)) {
          return node.loadClass(name);
        }
      }
      throw new ClassNotFoundException(name);
    }
  }
}
