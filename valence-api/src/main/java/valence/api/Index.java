package valence.api;

/// The orders in which a database keeps its datoms.
public enum Index {
  /// By entity, attribute, value.
  EAVT,
  /// By attribute, entity, value.
  AEVT,
  /// By attribute, value, entity.
  AVET,
  /// By value, attribute, entity; references only.
  VAET
}
