package valence.conformance;

/// What became of a case.
sealed interface Verdict {
  record Passed() implements Verdict {}

  /// An answer where the recorded edition fails and that of the other one isn't recorded: taken for
  /// right, since there is nothing to compare it with.
  record Unrecorded() implements Verdict {}

  /// @param expected the expectation, as the corpus writes it
  /// @param actual   what came instead
  /// @param why      which part differs, and how
  record Failed(String expected, String actual, String why) implements Verdict {}
}
