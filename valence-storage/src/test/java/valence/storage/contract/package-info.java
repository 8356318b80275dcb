/// What every storage has to do: the contracts of `valence.engine.store` as tests.
///
/// A module with a storage depends on this module's test-jar, and runs each contract as a subclass
/// that says how to open an empty storage; [DurableStorageContract] opens the same one again, and
/// [RaceContract] a second time at once.
///
/// Knows the interfaces. Knows no implementation.
@NullMarked
package valence.storage.contract;

import org.jspecify.annotations.NullMarked;
