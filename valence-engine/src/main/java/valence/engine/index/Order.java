package valence.engine.index;

/// The orders in which rows are kept. Within equal e, a and v the older row comes first.
public enum Order {
  EAVT,
  AEVT,
  AVET,
  /// References only.
  VAET
}
