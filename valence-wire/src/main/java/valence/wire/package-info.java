/// The protocol that node and client share: what the bodies of requests and answers look like.
///
/// A body is one value in one of the forms of [Format], at most [EdnBody#BYTES_MAX] long: EDN or
/// JSON text in UTF-8, or bytes as a [BinaryWriter] writes them. An answer of many rows comes in
/// chunks, see [RowsWriter]. Beyond the tags of `valence.edn` a value may hold `#valence/db {…}`, a
/// [DbValue], and `#datom [e a v tx added]`, a `valence.api.Datom`. An [Answer] is `{:ok value}`,
/// or the map of an anomaly with the [HttpStatus] of its category. What comes from the other side
/// is read through [Fields], so that a mistake becomes an `incorrect` anomaly that names the key.
///
/// Knows data. Knows nothing of sockets, databases or files.
@NullMarked
package valence.wire;

import org.jspecify.annotations.NullMarked;
