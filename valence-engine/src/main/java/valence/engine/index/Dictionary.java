package valence.engine.index;

/// Few distinct values of one attribute, each under a code from 0. Immutable; the same object for
/// all batches that use it.
public interface Dictionary {
  int size();

  /// The value of a code, as callers see it.
  Object value(int code);
}
