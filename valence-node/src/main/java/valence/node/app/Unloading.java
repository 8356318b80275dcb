package valence.node.app;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import java.util.Timer;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.node.http.Lane;

/// Takes back what a revision's code has left in the process, when no call is on it any more: its
/// hooks are run, executors, timers and threads ended, JDBC drivers and MBeans taken out of the
/// JDK's registries, the jars closed. What still holds the code then is named in the log.
final class Unloading {
  private static final Logger LOG = LoggerFactory.getLogger(Unloading.class);

  /// How long hooks, and then threads, may take.
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final int NAMES_MAX = 10;

  private final CodeLoader code;

  Unloading(CodeLoader code) {
    this.code = code;
  }

  /// Does it all; to be called once, on a thread that belongs to nobody else.
  void run() {
    runHooks();
    code.stopClojure();
    closeResources();
    deregisterDrivers();
    unregisterBeans();
    ResourceBundle.clearCache(code);
    Lane.renewThreads();
    List<Thread> threads = endThreads();
    try {
      code.close();
    } catch (IOException e) {
      LOG.warn("jars-not-closed revision={}", code.appInfo().revision(), e);
    }
    if (threads.isEmpty()) {
      LOG.info("revision-unloaded revision={}", code.appInfo().revision());
    } else {
      var names = new TreeSet<String>();
      threads.stream().limit(NAMES_MAX).forEach(thread -> names.add(thread.getName()));
      LOG.warn(
          "revision-held revision={} threads={} names={}",
          code.appInfo().revision(),
          threads.size(),
          names);
    }
  }

  private void runHooks() {
    List<Thread> begun = new ArrayList<>();
    for (Thread hook : code.takeHooks()) {
      try {
        hook.start();
        begun.add(hook);
      } catch (IllegalThreadStateException | OutOfMemoryError e) {
        LOG.warn("hook-not-run revision={} name={}", code.appInfo().revision(), hook.getName(), e);
      }
    }
    join(begun);
  }

  private void closeResources() {
    for (Object resource : code.stillOpen()) {
      try {
        switch (resource) {
          case Timer timer -> timer.cancel();
          case ExecutorService executor -> executor.shutdownNow();
          default -> LOG.debug("resource-left type={}", resource.getClass().getName());
        }
      } catch (RuntimeException | LinkageError e) { // a subclass of the application's
        LOG.warn("resource-not-closed revision={}", code.appInfo().revision(), e);
      }
    }
  }

  /// The registry of JDBC drivers lets a driver's own loader take it out, and nobody else.
  private void deregisterDrivers() {
    try {
      Class<?> inside = code.adopt(DriverEnd.class);
      Object ended = inside.getDeclaredConstructor().newInstance();
      LOG.debug("drivers-ended by={}", ended);
    } catch (ReflectiveOperationException | IOException | LinkageError e) {
      LOG.warn("drivers-not-ended revision={}", code.appInfo().revision(), e);
    }
  }

  private void unregisterBeans() {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    for (ObjectName name : server.queryNames(null, null)) {
      try {
        if (server.getClassLoaderFor(name) == code) {
          server.unregisterMBean(name);
        }
      } catch (JMException | RuntimeException e) { // gone meanwhile, or it refuses
        LOG.debug("bean-not-unregistered name={}", name, e);
      }
    }
  }

  private List<Thread> endThreads() {
    List<Thread> threads = threads();
    threads.forEach(Thread::interrupt);
    join(threads);
    return threads();
  }

  /// Those that the code began, or that the node made for it.
  private List<Thread> threads() {
    List<Thread> found = new ArrayList<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread != Thread.currentThread() && thread.isAlive() && isOfCode(thread)) {
        found.add(thread);
      }
    }
    return found;
  }

  private boolean isOfCode(Thread thread) {
    if (thread.getClass().getClassLoader() == code) {
      return true;
    }
    for (@Nullable ClassLoader loader = thread.getContextClassLoader();
        loader != null;
        loader = loader.getParent()) {
      if (loader == code) {
        return true;
      }
    }
    return false;
  }

  private static void join(List<Thread> threads) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      for (Thread thread : threads) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return;
        }
        thread.join(Duration.ofNanos(left));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
