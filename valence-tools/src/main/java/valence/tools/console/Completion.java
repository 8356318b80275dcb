package valence.tools.console;

import java.util.List;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import valence.api.AnomalyException;

/// What may be meant by the beginning of a word: commands first, then names of the live schema,
/// words of queries, functions.
final class Completion implements Completer {
  private static final List<String> QUERY_WORDS =
      List.of(":find", ":where", ":in", ":with", ":keys", ":strs", ":syms", ":limit", ":offset");
  private static final List<String> FUNCTIONS = List.of(
      "and",
      "avg",
      "contains?",
      "count",
      "count-distinct",
      "distinct",
      "get-else",
      "get-some",
      "ground",
      "max",
      "median",
      "min",
      "missing?",
      "not",
      "not-join",
      "or",
      "or-join",
      "pull",
      "rand",
      "sample",
      "stddev",
      "str",
      "sum",
      "tuple",
      "untuple",
      "variance");
  private static final long FRESH_NANOS = 10_000_000_000L;

  private final Evaluator evaluator;
  private List<String> idents = List.of();
  private String seen = "";
  private long readNanos;

  Completion(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    String word = line.word().substring(0, line.wordCursor());
    String before = line.line().substring(0, line.cursor() - line.wordCursor()).strip();
    try {
      if (before.equals(":db")) {
        evaluator.databases().forEach(name -> add(candidates, word, name));
      } else if (before.isEmpty()) {
        for (Evaluator.Word each : Evaluator.Word.values()) {
          add(candidates, word, each.text());
        }
      } else if (word.startsWith(":")) {
        QUERY_WORDS.forEach(each -> add(candidates, word, each));
        idents().forEach(each -> add(candidates, word, each));
      } else if (!word.isEmpty()) {
        FUNCTIONS.forEach(each -> add(candidates, word, each));
      }
    } catch (AnomalyException e) {
      candidates.clear(); // a completion that can't be had is none; the entry itself will say why
    }
  }

  private static void add(List<Candidate> candidates, String word, String text) {
    if (text.startsWith(word)) {
      candidates.add(new Candidate(text));
    }
  }

  /// Read again after a while, for what others add.
  private List<String> idents() {
    String now = evaluator.prompt();
    if (!now.equals(seen) || System.nanoTime() - readNanos > FRESH_NANOS) {
      idents = evaluator.idents();
      seen = now;
      readNanos = System.nanoTime();
    }
    return idents;
  }
}
