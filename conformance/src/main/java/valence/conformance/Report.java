package valence.conformance;

import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;

/// Prints what happens, and counts.
final class Report {
  /// Cases of one feature by what became of them.
  private static final class Tally {
    int passed;
    int failed;
    int skipped;
  }

  private final PrintStream out;
  private final PrintStream progress;
  private final boolean quiet;
  private final boolean live;
  private final Map<String, Tally> byFeature = new TreeMap<>();
  private final Tally total = new Tally();
  private final Tally quirks = new Tally();
  private String feature = "";
  private String suite = "";
  private int caseCount;
  private int unrecorded;
  private Tally inSuite = new Tally();

  /// @param progress where to show how far the run is, on a line written over again
  /// @param quiet    leaves out the single failures
  /// @param live     whether somebody is looking at the progress
  Report(PrintStream out, PrintStream progress, boolean quiet, boolean live) {
    this.out = out;
    this.progress = progress;
    this.quiet = quiet;
    this.live = live;
  }

  void begin(Suite next, int cases) {
    suite = next.name();
    feature = next.feature();
    caseCount = cases;
    inSuite = new Tally();
    progress(suite);
  }

  void result(Case one, Verdict verdict) {
    Tally ofFeature = byFeature.computeIfAbsent(feature, _ -> new Tally());
    switch (verdict) {
      case Verdict.Passed _, Verdict.Unrecorded _ -> {
        unrecorded += verdict instanceof Verdict.Unrecorded ? 1 : 0;
        total.passed++;
        inSuite.passed++;
        ofFeature.passed++;
        quirks.passed += one.quirk() ? 1 : 0;
      }
      case Verdict.Failed(var expected, var actual, var why) -> {
        total.failed++;
        inSuite.failed++;
        ofFeature.failed++;
        quirks.failed += one.quirk() ? 1 : 0;
        if (!quiet) {
          clearProgress();
          out.println("FAIL " + one.id());
          out.println("  expected " + expected);
          out.println("  actual   " + actual);
          out.println("  because  " + why);
        }
      }
    }
    progress(suite + " " + (inSuite.passed + inSuite.failed) + "/" + caseCount);
  }

  /// A case that can't run, since its data isn't there.
  void skipped() {
    total.skipped++;
    inSuite.skipped++;
    byFeature.computeIfAbsent(feature, _ -> new Tally()).skipped++;
  }

  void end() {
    clearProgress();
    out.println(suite + ": " + counts(inSuite));
  }

  /// The closing lines; the last is the count that scripts read.
  void summary() {
    int width = byFeature.keySet().stream().mapToInt(String::length).max().orElse(0);
    out.println();
    out.printf(
        "%-" + Math.max(width, 7) + "s  %7s  %7s  %7s%n", "feature", "passed", "failed", "skipped");
    byFeature.forEach((name, tally) -> out.printf(
        "%-" + Math.max(width, 7) + "s  %7d  %7d  %7d%n",
        name,
        tally.passed,
        tally.failed,
        tally.skipped));
    out.println();
    out.println("quirks: " + quirks.passed + " passed, " + quirks.failed + " failed");
    if (unrecorded > 0) {
      out.println("answered as the edition whose answer isn't recorded: " + unrecorded);
    }
    out.println(counts(total));
  }

  int passedCount() {
    return total.passed;
  }

  int failedCount() {
    return total.failed;
  }

  /// Shows what is going on, if anybody looks.
  void progress(String text) {
    if (live) {
      progress.print("\r\033[K" + text);
      progress.flush();
    }
  }

  private void clearProgress() {
    progress("");
  }

  private static String counts(Tally tally) {
    return tally.passed + " passed, " + tally.failed + " failed, " + tally.skipped + " skipped";
  }
}
