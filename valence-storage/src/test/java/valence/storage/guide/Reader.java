package valence.storage.guide;

import static java.util.Objects.requireNonNull;
import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Connection;
import valence.api.Datom;
import valence.api.Db;
import valence.edn.Edn;

/// Someone who reads a page and does on a database what it says.
///
/// @param page       the name of the page, for messages
/// @param connection to the database of the page
record Reader(String page, Connection connection) {
  /// Fails with page and line where the example doesn't do what it shows.
  void run(Example example) {
    switch (example) {
      case Example.Steps(_, var steps) -> steps.forEach(this::run);
      case Example.Program program -> run(program);
      case Example.Source _ -> {} // on the class path from the start
    }
  }

  private void run(Example.Program program) {
    List<String> shown = program
        .source()
        .lines()
        .filter(line -> line.contains("//=> "))
        .map(line -> line.substring(line.indexOf("//=> ") + 5))
        .toList();
    List<String> printed;
    try {
      printed = SourceRun.printedBy(program.source(), connection);
    } catch (SourceRun.Failed e) {
      throw new AssertionError(page + ":" + program.line() + ": " + e.getMessage(), e);
    }
    if (!shown.equals(printed)) {
      throw new AssertionError("""
          %s:%d: the page shows
          %s
          but the program prints
          %s""".formatted(
              page, program.line(), String.join("\n", shown), String.join("\n", printed)));
    }
  }

  private void run(Example.Step step) {
    String shown = step.expected().orElse("");
    String mark = shown.isEmpty() ? "" : shown.substring(0, 3);
    String rest = shown.substring(mark.length());
    Object answer;
    try {
      answer = answer(step);
    } catch (AnomalyException e) {
      if (!mark.equals(";!!") || !isShown(rest, e.anomaly())) {
        throw differs(step, e.anomaly().toString());
      }
      return;
    }
    if (mark.equals(";!!") || mark.equals(";=>") && !Likeness.holdsInAnyOrder(read(rest), answer)) {
      throw differs(step, Edn.printPretty(answer, 100));
    }
  }

  private static @Nullable Object read(String text) {
    return Edn.read(text);
  }

  private AssertionError differs(Example.Step step, String answer) {
    return new AssertionError("""
        %s:%d: the page shows
        %s%sbut the answer is
        %s""".formatted(
        page, step.line(), step.form(), step.expected().orElse("without any problem\n"), answer));
  }

  /// @param shown the category, the `:db/error` if any, and what the message has among its words
  private static boolean isShown(String shown, Anomaly anomaly) {
    String category = "";
    Optional<Keyword> error = Optional.empty();
    String words = "";
    for (Object part : Edn.readAll(shown, Map.of())) {
      switch (part) {
        case Symbol symbol -> category = symbol.getName();
        case Keyword keyword -> error = Optional.of(keyword);
        case String text -> words = text.replaceAll("\\s+", " ");
        case null, default -> throw new AssertionError(part + " says nothing of an anomaly");
      }
    }
    return category.equals(anomaly.category().keyword().getName())
        && error.equals(anomaly.error())
        && anomaly.message().contains(words);
  }

  private @Nullable Object answer(Example.Step step) {
    List<?> form = (List<?>) requireNonNull(read(step.form()));
    return switch (Edn.print(form.getFirst())) {
      case "transact" -> said(connection.transact(part(form, 1)).txData());
      case "q" -> {
        List<@Nullable Object> inputs = new ArrayList<>();
        for (Object input : form.subList(3, form.size())) {
          inputs.add(dbOrInput(input));
        }
        yield db(part(form, 2)).q(part(form, 1), inputs.toArray());
      }
      case "pull" -> db(part(form, 1)).pull(part(form, 2), part(form, 3));
      case "entid" -> db(part(form, 1)).entid(part(form, 2)).isPresent();
      default -> throw new AssertionError(page + ":" + step.line() + ": no such step: " + form);
    };
  }

  private static Object part(List<?> form, int index) {
    return requireNonNull((Object) form.get(index), () -> "part " + index + " of " + form);
  }

  private List<Object> said(List<Datom> datoms) {
    Db db = connection.db();
    return datoms.stream()
        .filter(datom -> !kw("db/txInstant").equals(db.ident(datom.a())))
        .map(datom ->
            (Object) List.of(requireNonNull(db.ident(datom.a())), datom.v(), datom.added()))
        .toList();
  }

  private @Nullable Object dbOrInput(@Nullable Object form) {
    boolean isDb = switch (form) {
      case Symbol symbol -> symbol.getName().equals("db");
      case List<?> list
      when !list.isEmpty() && list.getFirst() instanceof Symbol symbol ->
        List.of("as-of", "since", "history", "with").contains(symbol.getName());
      case null, default -> false;
    };
    return isDb ? db(requireNonNull(form)) : form;
  }

  private Db db(Object form) {
    if (!(form instanceof List<?> list)) {
      return connection.db();
    }
    Db base = db(part(list, 1));
    return switch (Edn.print(list.getFirst())) {
      case "as-of" -> base.asOf(part(list, 2));
      case "since" -> base.since(part(list, 2));
      case "history" -> base.history();
      case "with" -> base.with(part(list, 2)).dbAfter();
      default -> throw new AssertionError(page + ": no such database: " + form);
    };
  }
}
