package valence.node.deploy;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.node.app.Application;

/// What the start-up check of a revision says, which `:check` of its configuration names.
public sealed interface Readiness {
  /// It can serve, or has no check.
  record Ready() implements Readiness {}

  /// The check said no.
  ///
  /// @param reason   a sentence
  /// @param function the symbol of the check
  record Unready(String reason, String function) implements Readiness {}

  /// The check threw.
  record Threw(String reason, String function, Throwable thrown) implements Readiness {}

  /// The check hadn't ended when its time was up; it was interrupted.
  record Late(String reason, String function) implements Readiness {}

  /// Calls the check of a loaded revision, on a thread of its own and within its time.
  static Readiness of(Application application) throws InterruptedException {
    return of(application, _ -> {});
  }

  /// @param begun is given the thread, before it starts
  static Readiness of(Application application, Consumer<Thread> begun) throws InterruptedException {
    if (application.check().isEmpty()) {
      return new Ready();
    }
    Logger log = LoggerFactory.getLogger(Readiness.class);
    String revision = application.info().revision();
    Application.Check check = application.check().get();
    String name = Function.text(check.function().name());
    Duration limit = Duration.ofSeconds(check.config().timeoutSecs());
    try {
      boolean ready = Trial.run(
          "deploy-check",
          limit,
          begun,
          () -> application.isReady(check),
          late -> log.info("check-ended-late rev={} ready={}", revision, late));
      return ready
          ? new Ready()
          : new Unready("Its check " + name + " says that it isn't ready.", name);
    } catch (TimeoutException e) {
      return new Late(
          "Its check " + name + " hadn't ended after " + limit.toSeconds() + " s.", name);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
      log.info("check-failed rev={}", revision, e);
      return new Threw("Its check " + name + " threw " + e + ".", name, e);
    }
  }
}
