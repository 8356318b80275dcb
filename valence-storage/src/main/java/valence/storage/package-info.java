/// What the two stores of this module share: the [Gate] that makes closing safe.
///
/// `embedded` is the product's default, files under one directory; `memory` is for tests. Both
/// implement `valence.engine.store` and pass the contract tests in the test package
/// `valence.storage.contract`, which this module offers to others as its test-jar.
@NullMarked
package valence.storage;

import org.jspecify.annotations.NullMarked;
