/// A second database, slow and obviously right, and random worlds to compare it with the engine.
///
/// The naive database is a list of datoms ([valence.engine.naive.NaiveDb]) with nested loops over
/// it: [valence.engine.naive.NaiveTransaction], [valence.engine.naive.NaiveQuery],
/// [valence.engine.naive.NaivePull]. It is written from the rules, not from the engine, and shares
/// nothing with it but the datoms of an empty database.
///
/// A *world* is EDN: a schema and transactions, and what is asked of them ([Worlds], [Asks]). In
/// it `#e 3` is the fourth entity that was born there, since ids are the engine's to choose. A
/// [Place] is a way to make a database; each must show the same.
@NullMarked
package valence.engine.naive;

import org.jspecify.annotations.NullMarked;
