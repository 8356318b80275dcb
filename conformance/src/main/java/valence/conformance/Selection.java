package valence.conformance;

import org.jspecify.annotations.Nullable;

/// The part of a corpus to run.
///
/// @param suitePrefix suites whose name begins so, or null for all
/// @param caseId      the one case of that id, or null for all
record Selection(@Nullable String suitePrefix, @Nullable String caseId) {
  static final Selection ALL = new Selection(null, null);

  boolean hasSome(Suite suite) {
    return suite.cases().stream().anyMatch(one -> has(suite, one));
  }

  boolean has(Suite suite, Case one) {
    return (suitePrefix == null || suite.name().startsWith(suitePrefix))
        && (caseId == null || one.id().equals(caseId));
  }
}
