/// The storages of this module, and what they share: the [Gate] that makes closing safe.
///
/// `embedded` is the product's default, files under one directory; `memory` is for tests;
/// `encryption` wraps any other, and `place` says which is meant. All implement
/// `valence.engine.store` and pass the contract tests in the test package
/// `valence.storage.contract`, which this module offers to others as its test-jar.
@NullMarked
package valence.storage;

import org.jspecify.annotations.NullMarked;
