/// Tests of the database in one process, as programs use it: commits under contention, repeated
/// requests, two owners of one log, failing writes, kill -9.
@NullMarked
package valence.storage.local;

import org.jspecify.annotations.NullMarked;
