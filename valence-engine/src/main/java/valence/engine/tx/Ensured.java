package valence.engine.tx;

/// An entity that must meet a spec after the transaction.
///
/// @param entity perhaps a temporary id
/// @param spec   the entity of the spec, in the database before
record Ensured(long entity, long spec, int form) {}
