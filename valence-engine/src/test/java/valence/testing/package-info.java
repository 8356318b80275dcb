/// Properties over random examples, with seeds and with failures that shrink.
///
/// A property is a generator, a function from [valence.testing.Choices] to EDN data, and a check
/// of one example:
///
///     Property.of("reversing twice changes nothing", 500)
///         .check(choices -> choices.list(0, 9, () -> choices.below(5)), list -> …);
///
/// Case i of seed s has the seed s + i. A failure is made smaller by changing the *choices* that
/// made the example, not the example: choices are deleted and lowered and the generator runs
/// again, so that whatever can be generated can shrink, and always to something that could have
/// been generated (MacIver and Donaldson, "Test-Case Reduction via Test-Case Generation", 2020).
/// Generators help by letting a lower choice mean a simpler thing.
///
/// The report holds the seed, the smallest example as EDN to be pasted into a test of its own, and
/// the failure. `-Dseed=S -Dcases=1` runs one case again, `-Dcases=N` as many as wanted.
///
/// Knows EDN. Knows nothing of databases.
@NullMarked
package valence.testing;

import org.jspecify.annotations.NullMarked;
