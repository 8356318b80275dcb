package valence.tools.terminal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import valence.wire.EdnBody;

/// Rows under headings, aligned: numbers to the right, all else to the left.
public final class Table {
  /// How much of a value is shown; `--edn` shows all of it.
  private static final int CELL_CHARACTERS_MAX = 80;

  private final List<String> headings;
  private final List<List<?>> rows = new ArrayList<>();

  public Table(List<String> headings) {
    this.headings = List.copyOf(headings);
  }

  public void row(List<?> cells) {
    rows.add(cells);
  }

  public void print(Terminal terminal) {
    List<String> lines = lines();
    terminal.line(terminal.bold(lines.getFirst()));
    lines.stream().skip(1).forEach(terminal::line);
  }

  /// The headings and the rows, a line each.
  public List<String> lines() {
    int[] widths = new int[headings.size()];
    boolean[] right = new boolean[widths.length];
    for (int column = 0; column < widths.length; column++) {
      widths[column] = headings.get(column).length();
      right[column] = !rows.isEmpty();
      for (List<?> row : rows) {
        widths[column] = Math.max(widths[column], cell(row.get(column)).length());
        right[column] &= row.get(column) instanceof Number;
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(line(headings, widths, right));
    rows.forEach(row -> lines.add(line(row, widths, right)));
    return lines;
  }

  /// A value on one line: strings as they are, everything else as EDN.
  public static String cell(@Nullable Object value) {
    String text = value instanceof String string ? string : EdnBody.text(value);
    text = text.replace('\n', ' ');
    return text.length() <= CELL_CHARACTERS_MAX
        ? text
        : text.substring(0, CELL_CHARACTERS_MAX - 1) + "…";
  }

  private static String line(List<?> cells, int[] widths, boolean[] right) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      String cell = cell(cells.get(column));
      String padding = " ".repeat(widths[column] - cell.length());
      line.append(right[column] ? padding + cell : cell + padding).append("  ");
    }
    return line.toString().stripTrailing();
  }
}
