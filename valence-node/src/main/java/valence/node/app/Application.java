package valence.node.app;

import clojure.lang.Symbol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.api.Client;
import valence.engine.code.EntryPoint;
import valence.engine.function.FunctionResolver.Use;
import valence.ion.AppInfo;
import valence.ion.HttpRequest;
import valence.ion.HttpResponse;
import valence.ion.LambdaContext;
import valence.node.http.Lane;
import valence.wire.ion.HttpDirect;
import valence.wire.ion.IonConfig;
import valence.wire.ion.LambdaConfig;

/// One revision of an application, loaded and checked. Safe for many threads.
///
/// Its code stays loaded until it is retired and the last call that [#enter]ed has left.
public final class Application {
  private static final Logger LOG = LoggerFactory.getLogger(Application.class);

  /// `<group>-<function>`, AWS Lambda's own limit.
  static final int LAMBDA_CHARACTERS_MAX = 64;

  /// Calls at once of a function whose configuration says `:none`.
  private static final int UNLIMITED_CALLS_MAX = 1_000;

  /// Events of one function that wait for it.
  private static final int EVENTS_WAITING_MAX = 1_000;

  private static final int RETIRED = 1 << 31;

  /// A Lambda function.
  ///
  /// @param takesContext whether the function wants to know of its call
  /// @param calls        where calls run whose caller waits
  /// @param events       where calls run that nobody waits for
  public record Lambda(
      EntryPoint function, boolean takesContext, LambdaConfig config, Lane calls, Lane events) {
    /// Calls the function, here and now. What it throws is thrown as it is.
    public @Nullable Object call(String payload, LambdaContext context) throws Exception {
      return takesContext ? function.call(payload, context) : function.call(payload);
    }
  }

  /// The HTTP handler.
  public record Web(EntryPoint handler, HttpDirect config, Lane lane) {}

  private final AppInfo info;
  private final CodeLoader code;
  private final Map<Symbol, EntryPoint> allowed = new HashMap<>();
  private final Map<Symbol, EntryPoint> xforms = new HashMap<>();
  private final Map<String, Lambda> lambdas = new HashMap<>();
  private final Optional<Web> web;
  private final AtomicInteger calls = new AtomicInteger(); // the sign bit is RETIRED

  private final CountDownLatch ended = new CountDownLatch(1);

  private Application(AppInfo info, CodeLoader code, IonConfig config) {
    this.info = info;
    this.code = code;
    for (Symbol name : config.allow()) {
      if (name.getName().equals("*")) {
        EntryPoint.findAll(code, name).forEach(found -> allowed.put(found.name(), found));
      } else {
        allowed.put(name, EntryPoint.find(code, name));
      }
    }
    for (Symbol name : config.xforms()) {
      xforms.put(name, EntryPoint.find(code, name));
    }
    config
        .lambdas()
        .forEach((name, lambda) -> lambdas.put(info.group() + "-" + name, lambda(name, lambda)));
    web = config.http().map(this::web);
  }

  /// Loads a revision and checks every function that its configuration names; `incorrect`, naming
  /// the function and the reason, when one can't be called.
  ///
  /// @param jars   the class path, in its order
  /// @param system a client of the system, for the code
  public static Application load(AppInfo info, IonConfig config, List<Path> jars, Client system) {
    var code = new CodeLoader(info, jars, system);
    try {
      return new Application(info, code, config);
    } catch (Throwable e) {
      close(code);
      throw e;
    }
  }

  public AppInfo info() {
    return info;
  }

  /// The HTTP handler, when the application has one.
  public Optional<Web> web() {
    return web;
  }

  /// The Lambda function of a full name, `<group>-<function>`.
  public Optional<Lambda> lambda(String name) {
    return Optional.ofNullable(lambdas.get(name));
  }

  /// The function of a name, if the configuration lets queries and transactions call it.
  Optional<EntryPoint> function(Symbol name, Use use) {
    return Optional.ofNullable(
        switch (use) {
          case TRANSACTION, QUERY -> allowed.get(name);
          case XFORM -> xforms.get(name);
        });
  }

  /// Whether the revision's code sees a function of the name, allowed or not. Runs none of it.
  boolean has(Symbol name) {
    return EntryPoint.exists(code, name);
  }

  /// Runs a call with the code kept loaded until it ends; `unavailable` when the code is gone,
  /// which can't happen while the caller is in a call itself.
  public <T extends @Nullable Object> T run(Callable<T> call) throws Exception {
    if (!enter()) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "Revision " + info.revision() + " was replaced meanwhile.",
              "Try again.")
          .toException();
    }
    try {
      return call.call();
    } finally {
      leave();
    }
  }

  /// Keeps the code loaded until [#leave]; false when it is too late for that.
  boolean enter() {
    while (true) {
      int now = calls.get();
      if (now == RETIRED) {
        return false;
      }
      if (calls.compareAndSet(now, now + 1)) {
        return true;
      }
    }
  }

  void leave() {
    if (calls.decrementAndGet() == RETIRED) {
      end();
    }
  }

  /// Lets the code go as soon as no call is on it.
  void retire() {
    int before = calls.getAndUpdate(now -> now | RETIRED);
    if (before == 0) {
      end();
    }
  }

  /// Waits until no call is on a retired application, or the deadline (of `System.nanoTime`).
  void awaitEnd(long deadlineNanos) {
    try {
      if (!ended.await(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        LOG.warn("calls-left app={} rev={}", info.appName(), info.revision());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end() {
    close(code);
    ended.countDown();
  }

  private Lambda lambda(String name, LambdaConfig config) {
    String full = info.group() + "-" + name;
    if (full.length() > LAMBDA_CHARACTERS_MAX) {
      throw Anomaly.incorrect(
              "ion.error/invalid-config",
              "The Lambda name " + full + " has " + full.length() + " characters.",
              "At most " + LAMBDA_CHARACTERS_MAX + " are possible, the group's name included.",
              "Choose a shorter name under :lambdas.")
          .toException();
    }
    EntryPoint function = EntryPoint.find(code, config.fn());
    boolean takesContext = function.takes(Object.class, List.of(String.class, LambdaContext.class));
    if (!takesContext && !function.takes(Object.class, List.of(String.class))) {
      throw EntryPoint.unusable(
          config.fn(),
          "A Lambda function takes (String payload, LambdaContext context) and gives its answer.",
          null);
    }
    int runningMax = config.concurrency().orElse(UNLIMITED_CALLS_MAX);
    return new Lambda(
        function,
        takesContext,
        config,
        new Lane(full, runningMax, 0),
        new Lane(full + " events", runningMax, EVENTS_WAITING_MAX));
  }

  private Web web(HttpDirect config) {
    EntryPoint handler = EntryPoint.find(code, config.handlerFn());
    if (!handler.takes(HttpResponse.class, List.of(HttpRequest.class))) {
      throw EntryPoint.unusable(
          config.handlerFn(), "An HTTP handler takes (HttpRequest) and gives HttpResponse.", null);
    }
    return new Web(
        handler,
        config,
        new Lane("http", config.processingConcurrency(), config.pendingOpsQueueLength()));
  }

  private static void close(CodeLoader code) {
    try {
      code.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the jars of revision " + code.getName(), e);
    }
  }
}
