package valence.engine.store;

/// One record of a log.
///
/// @param position 0, 1, 2 … without gaps
/// @param bytes    owned by whoever holds the record
public record LogRecord(long position, byte[] bytes) {}
