package valence.api;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a query was run, and what each part of it cost.
///
/// The order of clauses and the way of each join are chosen by what is found, so a query is
/// explained by running it.
///
/// @param data as follows; the map and those in it are open
///
///     {:query     the query
///      :rows      found, before aggregates, offset and limit; with :early-stop, until then
///      :nanos     from the first look at the query to its result
///      :bytes     held at a time, at most, by columns of intermediate rows
///      :operators [operator …] in the order in which they ran
///      :warnings  [{:warning :unused-binding, :message "…"} …] about the query's text}
///
/// An operator, whose numbers are summed up over its `:runs`:
///
///     {:clause        its form; of inputs, what would bring them
///      :text          the same in EDN
///      :by            how, such as [:range-scan :hash-join]
///      :ranges        of indexes that it read, such as ["AVET :person/name = \"Ivan\""], some of
///      :range-count   so many
///      :filters       clauses that it decided on the way, such as ["[(< ?age 30)]"]
///      :rows-in, :rows-out
///      :rows-expected when it was chosen; not there when there was no choice
///      :distinct      {:values n :entities n} of the attribute that it reads, when indexed last
///      :rows-read     from indexes or a collection
///      :nanos         its own, without those of the clauses inside of it
///      :bytes         of the largest relation that it made
///      :runs          when more than one
///      :workers       threads that worked at it at a time, when more than one
///      :warnings      {:cross-product "…" :unbound-scan "…" :no-match ["…"] :ignored "…"}
///      :inside        [[operator …] …], a list for each body of a rule, `or` or `not`}
public record Explanation(Map<Keyword, Object> data) {
  private static final double NANOS_PER_MILLI = 1e6;

  public Explanation {
    data = Map.copyOf(data);
  }

  /// Takes the explanation out of the answer to a request with a plan, from a database or a node.
  @SuppressWarnings("unchecked") // keys are keywords wherever a plan comes from
  public static Explanation of(@Nullable Object answer) {
    if (answer instanceof Map<?, ?> map && map.get(kw("plan")) instanceof Map<?, ?> plan) {
      return new Explanation((Map<Keyword, Object>) plan);
    }
    throw Anomaly.of(
            Anomaly.Category.UNSUPPORTED,
            "The query was answered without an explanation.",
            "What answers it is older than this client.")
        .toException();
  }

  /// A table with a line for each operator, indented where it is inside of another.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(number(data.get(kw("rows"))))
        .append(" rows found in ")
        .append(millis(data.get(kw("nanos"))))
        .append(" ms, ")
        .append(number(data.get(kw("bytes"))))
        .append(" bytes held at most\n\n");
    text.append(line("rows", "expected", "read", "ms", "bytes")).append("clause\n");
    for (Map<?, ?> operator : maps(data.get(kw("operators")))) {
      add(operator, "", text);
    }
    for (Map<?, ?> warning : maps(data.get(kw("warnings")))) {
      text.append("\n! ").append(warning.get(kw("message"))).append('\n');
    }
    return text.toString();
  }

  private static void add(Map<?, ?> operator, String indent, StringBuilder text) {
    text.append(line(
            number(operator.get(kw("rows-out"))),
            number(operator.get(kw("rows-expected"))),
            number(operator.get(kw("rows-read"))),
            millis(operator.get(kw("nanos"))),
            number(operator.get(kw("bytes")))))
        .append(indent)
        .append(operator.get(kw("text")));
    if (operator.get(kw("runs")) instanceof Long runs) {
      text.append("  ×").append(runs.longValue());
    }
    text.append('\n');
    String how = how(operator);
    if (operator.get(kw("workers")) instanceof Long workers) {
      how += ", by " + workers + " threads";
    }
    if (!how.isEmpty()) {
      note(how, indent, text);
    }
    if (operator.get(kw("warnings")) instanceof Map<?, ?> warnings) {
      for (Map.Entry<?, ?> warning : warnings.entrySet()) {
        if (warning.getValue() instanceof String message) {
          note("! " + message, indent, text);
        } else if (warning.getValue() instanceof List<?> messages) {
          messages.forEach(message -> note("! " + message, indent, text));
        }
      }
    }
    if (operator.get(kw("inside")) instanceof Collection<?> bodies) {
      for (Object body : bodies) {
        String lead = bodies.size() > 1 ? "| " : "  ";
        for (Map<?, ?> inner : maps(body)) {
          add(inner, indent + lead, text);
          lead = "  ";
        }
      }
    }
  }

  private static void note(String note, String indent, StringBuilder text) {
    text.append(line("", "", "", "", ""))
        .append(indent)
        .append("    ")
        .append(note)
        .append('\n');
  }

  private static String how(Map<?, ?> operator) {
    StringBuilder how = new StringBuilder();
    if (operator.get(kw("by")) instanceof Collection<?> ways) {
      for (Object way : ways) {
        how.append(how.isEmpty() ? "" : ", ").append(((Keyword) way).getName());
      }
    }
    if (operator.get(kw("ranges")) instanceof Collection<?> ranges) {
      List<Object> shown = new ArrayList<>(ranges);
      for (int i = 0; i < shown.size(); i++) {
        how.append(i == 0 ? how.isEmpty() ? "" : " of " : ", ").append(shown.get(i));
      }
      if (operator.get(kw("range-count")) instanceof Long count && count > shown.size()) {
        how.append(" and ").append(count - shown.size()).append(" more");
      }
    }
    if (operator.get(kw("distinct")) instanceof Map<?, ?> distinct) {
      how.append(" (")
          .append(distinct.get(kw("values")))
          .append(" values, ")
          .append(distinct.get(kw("entities")))
          .append(" entities)");
    }
    if (operator.get(kw("filters")) instanceof Collection<?> filters) {
      for (Object filter : filters) {
        how.append(" where ").append(filter);
      }
    }
    return how.toString();
  }

  private static String line(String rows, String expected, String read, String time, String size) {
    return String.format(Locale.ROOT, "%9s %9s %9s %9s %10s  ", rows, expected, read, time, size);
  }

  private static String number(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  private static String millis(@Nullable Object nanos) {
    return nanos instanceof Long count
        ? String.format(Locale.ROOT, "%.3f", count / NANOS_PER_MILLI)
        : "";
  }

  private static List<Map<?, ?>> maps(@Nullable Object value) {
    List<Map<?, ?>> maps = new ArrayList<>();
    if (value instanceof Collection<?> all) {
      for (Object each : all) {
        if (each instanceof Map<?, ?> map) {
          maps.add(map);
        }
      }
    }
    return maps;
  }
}
