/// Tests of what Java programs see of a database in their process: records in both directions, the
/// schema that records declare, entities as maps, and the page of the guide about them.
@NullMarked
package valence.storage.record;

import org.jspecify.annotations.NullMarked;
