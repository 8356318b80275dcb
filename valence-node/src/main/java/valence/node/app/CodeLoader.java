package valence.node.app;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.api.Client;
import valence.ion.AppInfo;

/// Loads the code of one revision, apart from the node's and from other revisions'.
public final class CodeLoader extends URLClassLoader {
  private final AppInfo appInfo;
  private final Client system;

  /// @param jars   the class path, in its order
  /// @param system a client of the system, for the code
  CodeLoader(AppInfo appInfo, List<Path> jars, Client system) {
    super(appInfo.revision(), urls(jars), new Exposed());
    this.appInfo = appInfo;
    this.system = system;
  }

  /// What the code of this loader learns about itself.
  public AppInfo appInfo() {
    return appInfo;
  }

  /// What the code of this loader reaches its databases through.
  public Client system() {
    return system;
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
        List.of("valence.api.", "valence.edn.", "valence.ion.", "clojure.", "org.slf4j.");
    private static final String CLOJURE_SOURCES = "clojure/";

    private final ClassLoader node = CodeLoader.class.getClassLoader();

    Exposed() {
      super("exposed", ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      for (String prefix : PACKAGES) {
        if (name.startsWith(prefix)) {
          return node.loadClass(name);
        }
      }
      throw new ClassNotFoundException(name);
    }

    @Override
    protected @Nullable URL findResource(String name) {
      return name.startsWith(CLOJURE_SOURCES) ? node.getResource(name) : null;
    }

    @Override
    protected Enumeration<URL> findResources(String name) throws IOException {
      return name.startsWith(CLOJURE_SOURCES)
          ? node.getResources(name)
          : Collections.emptyEnumeration();
    }
  }
}
