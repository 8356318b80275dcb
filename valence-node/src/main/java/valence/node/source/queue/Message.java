package valence.node.source.queue;

import java.util.UUID;

/// A message that was handed out.
///
/// @param handle              names this handing out; the next has another
/// @param attributes          as [Draft#attributes]
/// @param place               as [Draft#place]
/// @param sequence            as [Sent#sequence]
/// @param sentMillis          since 1970
/// @param received            how often it was handed out, this time included
/// @param firstReceivedMillis since 1970
public record Message(
    UUID id,
    String handle,
    String body,
    String attributes,
    Draft.Place place,
    long sequence,
    long sentMillis,
    int received,
    long firstReceivedMillis) {}
