package valence.engine.naive;

import java.util.Set;

/// What the naive database refuses.
final class Refusal extends RuntimeException {
  /// Each as `category :db/error`, of which the engine may name any: more than one thing is wrong.
  final transient Set<String> errors;

  Refusal(Set<String> errors) {
    super(errors.toString());
    this.errors = Set.copyOf(errors);
  }

  static Refusal incorrect(String error) {
    return new Refusal(Set.of("incorrect :db.error/" + error));
  }

  static Refusal conflict(String error) {
    return new Refusal(Set.of("conflict :db.error/" + error));
  }

  /// Refused as incorrect, without a name for the mistake.
  static Refusal incorrect() {
    return new Refusal(Set.of("incorrect"));
  }
}
