package valence.conformance;

import org.jspecify.annotations.Nullable;

/// A tagged form whose meaning depends on the database that the case runs on: kept as read.
record Tagged(String tag, @Nullable Object form) {}
