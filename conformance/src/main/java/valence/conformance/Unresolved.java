package valence.conformance;

/// A tag that means nothing here, mostly since an earlier transaction failed. Fails the case; never
/// taken for an anomaly of the database.
final class Unresolved extends RuntimeException {
  Unresolved(String message) {
    super(message);
  }
}
