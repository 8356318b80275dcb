package valence.node.access;

import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.node.http.Exchange;
import valence.node.http.Reply;
import valence.node.telemetry.Cause;
import valence.wire.HttpStatus;
import valence.wire.access.Signature;

/// Stands in a door: lets requests in that may come in, and writes down what became of them.
public final class Guard {
  /// What answers a request that was let in.
  @FunctionalInterface
  public interface Work {
    Reply answer(Admission admission) throws Exception;
  }

  private static final int FAILED = 500;

  private final Access access;
  private final AuditLog audit;

  public Guard(Access access, AuditLog audit) {
    this.access = access;
    this.audit = audit;
  }

  /// The operations that there are rules for; another isn't answered.
  public static Set<String> operations() {
    return Rules.OPERATIONS.keySet();
  }

  /// Answers a request of the api door.
  ///
  /// @param refused how a refusal is said to who asks at this path
  public Reply api(Exchange exchange, Function<Anomaly, Reply> refused, Work work)
      throws Exception {
    return ofApi(exchange, Rules.ofApi(exchange.path()), refused, work);
  }

  /// Answers a request of the api door that concerns queues, whatever its path.
  public Reply queue(Exchange exchange, Function<Anomaly, Reply> refused, Work work)
      throws Exception {
    return ofApi(exchange, Optional.of(Rules.QUEUE), refused, work);
  }

  private Reply ofApi(
      Exchange exchange, Optional<Rule> rule, Function<Anomaly, Reply> refused, Work work)
      throws Exception {
    Optional<Anomaly> foreign = Origin.refusal(exchange, access.required());
    if (foreign.isPresent()) {
      Reply reply = refused(foreign.get(), refused);
      audit(exchange, null, reply, null);
      return reply;
    }
    return answer(exchange, rule, refused, work);
  }

  /// Answers a request for the application's HTTP handler.
  public Reply web(Exchange exchange, Function<Anomaly, Reply> refused, Work work)
      throws Exception {
    return answer(exchange, Optional.of(Rules.WEB), refused, work);
  }

  private Reply answer(
      Exchange exchange, Optional<Rule> rule, Function<Anomaly, Reply> refused, Work work)
      throws Exception {
    Admission admission = null;
    Reply reply;
    Anomaly refusal;
    try {
      Caller caller = access.admit(exchange);
      exchange.limitBody(
          caller.share().limits().requestBytes(), caller.share().limits().nesting());
      Admission admitted =
          new Admission(caller, rule.orElse(Rule.of(Rule.Scope.NONE)), access::renewed);
      admission = admitted;
      if (rule.isEmpty()) {
        throw nothing(exchange.path());
      }
      admitted.rule().requireSomewhere(caller);
      // What anybody known may ask costs little, and calls are cancelled when nothing else gets on.
      if (admitted.rule().anyOf().isEmpty()) {
        reply = caused(caller, work, admitted);
      } else {
        reply = caller.share().run(turn -> {
          exchange.whenLasting(turn::last);
          exchange.letInWhile(admitted::requireStill);
          return caused(caller, work, admitted);
        });
      }
      refusal = admitted.refusal().orElse(null);
    } catch (AnomalyException e) {
      refusal = e.anomaly();
      reply = refused(e.anomaly(), refused);
    } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
      audit(exchange, admission, Reply.empty(FAILED), null); // the door answers it
      throw e;
    }
    audit(exchange, admission, reply, refusal);
    return reply;
  }

  /// Lets all that works for the request know who asked.
  private static Reply caused(Caller caller, Work work, Admission admitted) throws Exception {
    Cause cause = Cause.orNull();
    return cause == null || !caller.isKnown()
        ? work.answer(admitted)
        : cause.of(caller.name()).call(() -> work.answer(admitted));
  }

  private static Reply refused(Anomaly anomaly, Function<Anomaly, Reply> refused) {
    Reply reply = refused.apply(anomaly);
    return HttpStatus.of(anomaly) == 401
        ? reply.withHeader("www-authenticate", Signature.SCHEME)
        : reply;
  }

  private void audit(
      Exchange exchange, @Nullable Admission admission, Reply reply, @Nullable Anomaly refusal) {
    if (admission == null) {
      if (access.required()) {
        audit.stranger(exchange, reply.status());
      }
    } else if (admission.caller().isKnown()) {
      audit.request(exchange, admission, reply.status(), refusal);
    }
  }

  private static AnomalyException nothing(String path) {
    return Anomaly.of(
            Anomaly.Category.NOT_FOUND,
            "There is nothing at " + path + " of the api port.",
            "Check the operation's name, and that client and node are of one version; the"
                + " application answers at the http port.")
        .toException();
  }
}
