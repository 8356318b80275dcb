/// What tests of every module share: a fuzzer for whatever reads bytes of others.
///
/// Knows the api's anomalies. Knows no decoder.
@NullMarked
package valence.testing;

import org.jspecify.annotations.NullMarked;
