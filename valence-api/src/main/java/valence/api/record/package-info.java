/// Annotations that say how a Java record stands in a database.
///
/// A record needs none of them: component `firstName` of record `Person` is attribute
/// `:person/first-name`, and a `long id` is the entity id. They are for what differs, and for what
/// only a schema knows: uniqueness, ownership, documentation.
///
/// Knows nothing of the rest of Valence; [valence.api.Db] and [valence.api.Records] read them.
@NullMarked
package valence.api.record;

import org.jspecify.annotations.NullMarked;
