/// Tests of transactions: the reference's observed cases, a naive model, and invariants of the
/// result.
@NullMarked
package valence.engine.tx;

import org.jspecify.annotations.NullMarked;
