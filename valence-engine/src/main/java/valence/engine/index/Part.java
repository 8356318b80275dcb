package valence.engine.index;

/// What can have become of a row since the foundation: each order has a tree of each.
enum Part {
  /// It became true since, and is.
  OPENED,
  /// It was true in the foundation and ceased to be; here it has its end.
  ENDED,
  /// It became true since and isn't any more; with its end.
  PASSED;

  boolean closed() {
    return this != OPENED;
  }
}
