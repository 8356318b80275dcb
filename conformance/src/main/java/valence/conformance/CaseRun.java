package valence.conformance;

import java.time.Duration;
import java.util.concurrent.TimeoutException;

/// Runs the cases of one suite, each within its time.
final class CaseRun {
  private static final Duration CASE_TIME = Duration.ofSeconds(20);

  /// Cases of one suite that may hang; those after them fail unrun, so that a run ends.
  static final int HUNG_MAX = 5;

  private final Duration limit;
  private int hungCount;

  CaseRun() {
    this(CASE_TIME);
  }

  /// @param limit for each case, and for each step of a sequence
  CaseRun(Duration limit) {
    this.limit = limit;
  }

  Verdict run(Case one, Session session) {
    if (one.op().equals(Case.SEQUENCE)) {
      return runSteps(one, session);
    }
    if (hungCount >= HUNG_MAX) {
      return Judge.notRun(one, HUNG_MAX + " cases before it hung");
    }
    // A transaction names things for the cases after it; what else binds names forgets them.
    Session scope = one.op().equals("transact") ? session : session.branch();
    Outcome outcome = TimeLimit.outcome(one.id(), limit, () -> Operations.run(one, scope));
    if (outcome instanceof Outcome.Breakdown(TimeoutException _)) {
      hungCount++;
    }
    try {
      return Judge.judge(one, outcome, scope);
    } catch (RuntimeException broken) {
      // A result may be read only here, and fail only when read.
      return Judge.unreadable(one, broken);
    }
  }

  private Verdict runSteps(Case sequence, Session session) {
    if (sequence.steps().isEmpty()) {
      return Judge.notRun(sequence, "a sequence without steps proves nothing");
    }
    for (Case step : sequence.steps()) {
      if (run(step, session) instanceof Verdict.Failed(var expected, var actual, var why)) {
        return new Verdict.Failed(expected, actual, "step " + step.id() + ": " + why);
      }
    }
    return new Verdict.Passed();
  }
}
