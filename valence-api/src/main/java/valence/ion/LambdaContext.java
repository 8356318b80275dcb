package valence.ion;

import java.time.Instant;

/// What a Lambda handler knows of its call besides the payload.
///
/// @param functionName `<group>-<function>`, as the caller named it
/// @param requestId    new for each call; the same id is in the node's log
/// @param deadline     when the caller stops waiting
public record LambdaContext(String functionName, String requestId, Instant deadline) {}
