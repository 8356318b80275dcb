/// The protocol that node and client share: what the bodies of requests and answers look like.
///
/// A body is one EDN value in UTF-8, at most [EdnBody#BYTES_MAX] long. Beyond the tags of
/// `valence.edn` it may hold `#valence/db {…}`, a [DbValue], and `#datom [e a v tx added]`, a
/// `valence.api.Datom`. An [Answer] is `{:ok value}`, or the map of an anomaly with the
/// [HttpStatus] of its category. What comes from the other side is read through [Fields], so that a
/// mistake becomes an `incorrect` anomaly that names the key.
///
/// Knows data. Knows nothing of sockets, databases or files.
@NullMarked
package valence.wire;

import org.jspecify.annotations.NullMarked;
