/// Valence for the benchmark harness that measures it beside its peers.
///
/// Compiled by `bench/run` against the harness, outside the build; `SuiteTimes`, which `bench/real`
/// compiles, needs no harness. Knows the api alone.
@NullMarked
package valence.bench;

import org.jspecify.annotations.NullMarked;
