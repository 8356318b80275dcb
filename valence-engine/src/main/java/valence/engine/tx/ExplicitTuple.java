package valence.engine.tx;

import valence.engine.schema.Attribute;

/// A composite tuple asserted as such: never stored, but it says which entity a temporary id is.
///
/// @param entity perhaps a temporary id
record ExplicitTuple(long entity, Attribute attribute, Object value, int form) {}
