package valence.tools.terminal;

import static valence.api.Valence.kw;

import clojure.lang.IPersistentVector;
import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.wire.EdnBody;

/// What a query found, under the names of what it was asked to find.
public final class ResultTable {
  private ResultTable() {}

  /// Prints the answer to a query.
  ///
  /// @param form the query, whose `:find` or `:keys` names the columns
  public static void print(Terminal terminal, @Nullable Object form, @Nullable Object answer) {
    List<String> headings = headings(form);
    if (!(answer instanceof Collection<?> rows) || answer instanceof Map || headings.isEmpty()) {
      terminal.line(answer == null ? "nothing found" : Table.cell(answer));
      return;
    }
    if (!rows.isEmpty() && rows.stream().allMatch(Map.class::isInstance) && isNamed(form)) {
      printMaps(terminal, rows);
      return;
    }
    boolean relation = rows.stream()
        .allMatch(row -> row instanceof List<?> cells && cells.size() == headings.size());
    boolean tuple = !relation && headings.size() > 1;
    Table table = new Table(headings);
    if (relation) {
      rows.forEach(row -> table.row((List<?>) row));
    } else if (tuple) {
      table.row(new ArrayList<>(rows));
    } else {
      rows.forEach(value -> table.row(Collections.singletonList(value)));
    }
    table.print(terminal);
    if (relation) {
      count(terminal, rows.size());
    }
  }

  private static void count(Terminal terminal, int rows) {
    terminal.line(terminal.dim(rows + (rows == 1 ? " row" : " rows")));
  }

  private static void printMaps(Terminal terminal, Collection<?> rows) {
    List<Object> keys = new ArrayList<>();
    if (rows.iterator().next() instanceof Map<?, ?> first) {
      keys.addAll(first.keySet());
    }
    Table table = new Table(keys.stream().map(Table::cell).toList());
    for (Object row : rows) {
      if (row instanceof Map<?, ?> map) {
        List<@Nullable Object> cells = new ArrayList<>();
        keys.forEach(key -> cells.add(map.get(key)));
        table.row(cells);
      }
    }
    table.print(terminal);
    count(terminal, rows.size());
  }

  private static boolean isNamed(@Nullable Object form) {
    Collection<?> words = form instanceof Map<?, ?> map
        ? map.keySet()
        : form instanceof List<?> list ? list : List.of();
    return words.contains(kw("keys")) || words.contains(kw("strs")) || words.contains(kw("syms"));
  }

  /// The elements of `:find`, each as text.
  private static List<String> headings(@Nullable Object form) {
    List<?> elements = List.of();
    if (form instanceof Map<?, ?> map && map.get(kw("find")) instanceof List<?> find) {
      elements = find;
    } else if (form instanceof List<?> list) {
      // Copied, since a part of a vector of Clojure's would start clojure.core.
      List<@Nullable Object> found = new ArrayList<>();
      for (int i = list.indexOf(kw("find")) + 1;
          i < list.size() && !(list.get(i) instanceof Keyword);
          i++) {
        found.add(list.get(i));
      }
      elements = found;
    }
    if (elements.size() == 1 && elements.getFirst() instanceof List<?> inner && isBinding(inner)) {
      elements = inner;
    }
    return elements.stream()
        .map(EdnBody::text)
        .filter(text -> !text.equals("...") && !text.equals("."))
        .toList();
  }

  // [?x ...] and [?x ?y] are vectors; (count ?x) and (pull ?e [*]) are lists.
  private static boolean isBinding(List<?> inner) {
    return inner instanceof IPersistentVector;
  }
}
