package valence.node.access;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.wire.Fields;

/// One request that was let in, and what it turned out to concern. For the request's own thread,
/// but for [#requireStill].
public final class Admission {
  private final Caller caller;
  private final Rule rule;
  private final UnaryOperator<Caller> renewal;
  private volatile List<String> databases = List.of();
  private volatile @Nullable Anomaly refusal;

  /// @param renewal the caller as of now, or why he isn't let in any more
  Admission(Caller caller, Rule rule, UnaryOperator<Caller> renewal) {
    this.caller = caller;
    this.rule = rule;
    this.renewal = renewal;
  }

  /// Refuses, once the body is read, what isn't granted of the databases that it names.
  public void require(Fields request) {
    databases = rule.databases(request).stream().distinct().toList();
    try {
      rule.require(caller, databases);
    } catch (AnomalyException e) {
      refusal = e.anomaly();
      throw e;
    }
  }

  /// Refuses when the caller, who was let in, wouldn't be any more: his key was revoked or has
  /// ended, or the grant was taken from him.
  void requireStill() {
    try {
      Caller now = renewal.apply(caller);
      rule.requireSomewhere(now);
      rule.require(now, databases);
    } catch (AnomalyException e) {
      refusal = e.anomaly();
      throw e;
    }
  }

  /// Whether an answer may tell that there is a database of this name.
  public boolean sees(String database) {
    return caller.sees(database);
  }

  /// Who asks; empty when nobody has to say.
  public String principal() {
    return caller.name();
  }

  Caller caller() {
    return caller;
  }

  Rule rule() {
    return rule;
  }

  List<String> databases() {
    return databases;
  }

  Optional<Anomaly> refusal() {
    return Optional.ofNullable(refusal);
  }
}
