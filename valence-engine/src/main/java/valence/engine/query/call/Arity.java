package valence.engine.query.call;

/// The mistake of a wrong number of arguments.
final class Arity {
  private Arity() {}

  static IllegalArgumentException wrong(String function, int count) {
    return new IllegalArgumentException(
        "Wrong number of args (" + count + ") passed to: " + function);
  }

  static void check(String function, int count, boolean right) {
    if (!right) {
      throw wrong(function, count);
    }
  }
}
