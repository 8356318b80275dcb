/// Work on a storage that no node serves: backups, restores, checks, looking at segments.
///
/// [UpkeepMain] is a process of its own, since the command line knows no storage. It is told one
/// deed and its arguments as EDN, and says on standard output one EDN map a line:
///
///     {:progress 17 :total 530 :unit "records"}    now and then
///     {:result …}                                  at the end, or
///     {:failed "what went wrong"}
///
/// Knows the engine and places. Knows nothing of nodes.
@NullMarked
package valence.node.upkeep;

import org.jspecify.annotations.NullMarked;
