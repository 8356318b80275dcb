package valence.node.source.queue;

import java.util.UUID;

/// What became of a draft: its message, or the one that was there already in its place.
///
/// @param sequence grows with each message of a queue, also over restarts
public record Sent(UUID id, long sequence) {}
