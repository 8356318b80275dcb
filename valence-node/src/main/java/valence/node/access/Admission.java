package valence.node.access;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.wire.Fields;

/// One request that was let in, and what it turned out to concern. For the request's own thread.
public final class Admission {
  private final Caller caller;
  private final Rule rule;
  private List<String> databases = List.of();
  private @Nullable Anomaly refusal;

  Admission(Caller caller, Rule rule) {
    this.caller = caller;
    this.rule = rule;
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
