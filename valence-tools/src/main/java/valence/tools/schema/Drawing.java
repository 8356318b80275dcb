package valence.tools.schema;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A diagram as SVG that needs nothing else: a box for each kind, an arrow from each reference.
///
/// Boxes stand in columns, so that most arrows lead to the right: a kind's column is behind those
/// of the kinds that lead to it, where they don't lead in a circle. Positions are in pixels.
final class Drawing {
  private static final int ROW = 20;
  private static final int LETTER = 7;
  private static final int PADDING = 12;
  private static final int BETWEEN_COLUMNS = 110;
  private static final int BETWEEN_BOXES = 30;
  private static final int MARGIN = 24;

  private final Diagram diagram;
  private final Map<String, Box> boxes = new LinkedHashMap<>();

  private record Line(String left, String right) {}

  private record Box(String kind, List<Line> lines, boolean names, int x, int y, int width) {
    int height() {
      return ROW * (lines.size() + 1) + PADDING;
    }

    Box at(int newX, int newY) {
      return new Box(kind, lines, names, newX, newY, width);
    }

    int rowY(int row) {
      return y + ROW * (row + 1) + ROW / 2 + PADDING / 2;
    }
  }

  Drawing(Diagram diagram) {
    this.diagram = diagram;
  }

  String svg() {
    diagram.kinds().forEach((kind, forms) -> {
      List<Line> lines = new ArrayList<>();
      for (AttributeForm form : forms) {
        String mark = form.isIdentity() ? "● " : form.unique().isEmpty() ? "" : "○ ";
        lines.add(new Line(
            mark + form.ident().getName(),
            form.type() + (form.many() ? " *" : "") + (form.component() ? " ◆" : "")));
      }
      boxes.put(kind, box(kind, lines, false));
    });
    diagram
        .idents()
        .forEach((kind, names) -> boxes.put(
            kind, box(kind, names.stream().map(name -> new Line(name, "")).toList(), true)));
    place();
    StringBuilder out = new StringBuilder();
    int width = boxes.values().stream().mapToInt(box -> box.x + box.width).max().orElse(0);
    int height =
        boxes.values().stream().mapToInt(box -> box.y + box.height()).max().orElse(0);
    out.append(String.format(Locale.ROOT, """
        <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" \
        viewBox="0 0 %1$d %2$d" font-family="ui-monospace, Menlo, Consolas, monospace" \
        font-size="12" role="img" aria-label="Schema">
        <style>
          .box { fill: #ffffff; stroke: #5b6b82; }
          .head { fill: #e6ecf5; stroke: #5b6b82; }
          .names { fill: #f2efe4; }
          .kind { font-weight: bold; }
          .type { fill: #6a7686; text-anchor: end; }
          .arrow { fill: none; stroke: #3867b7; stroke-width: 1.4; }
          @media (prefers-color-scheme: dark) {
            svg { background: #14181f; } text { fill: #dfe6f0; }
            .box { fill: #1c222c; stroke: #7d8ca3; } .head { fill: #2a3342; stroke: #7d8ca3; }
            .names { fill: #33301f; } .type { fill: #97a5b8; } .arrow { stroke: #79a7f5; }
          }
        </style>
        <defs><marker id="end" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" \
        markerHeight="8" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#3867b7"/></marker></defs>
        """, width + MARGIN, height + MARGIN));
    boxes.values().forEach(box -> draw(box, out));
    for (Diagram.Arrow arrow : diagram.arrows()) {
      draw(arrow, out);
    }
    return out.append("</svg>\n").toString();
  }

  private static Box box(String kind, List<Line> lines, boolean names) {
    int letters = kind.length() + 2;
    for (Line line : lines) {
      letters = Math.max(letters, line.left.length() + line.right.length() + 3);
    }
    return new Box(kind, lines, names, 0, 0, letters * LETTER + 2 * PADDING);
  }

  private void place() {
    Map<String, Integer> columns = columns();
    int last = columns.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    int x = MARGIN;
    for (int column = 0; column <= last; column++) {
      int y = MARGIN;
      int width = 0;
      for (String kind : List.copyOf(boxes.keySet())) {
        Box box = boxes.get(kind);
        if (box != null && columns.getOrDefault(kind, 0) == column) {
          boxes.put(kind, box.at(x, y));
          y += box.height() + BETWEEN_BOXES;
          width = Math.max(width, box.width);
        }
      }
      x += width + BETWEEN_COLUMNS;
    }
  }

  /// The length of the longest way to each kind; circles end it after as many rounds as kinds.
  private Map<String, Integer> columns() {
    Map<String, Integer> columns = new HashMap<>();
    int last = Math.max(1, (int) Math.ceil(Math.sqrt(boxes.size())) + 1);
    for (int round = 0; round < boxes.size(); round++) {
      for (Diagram.Arrow arrow : diagram.arrows()) {
        String from = arrow.from().kind();
        if (!from.equals(arrow.to()) && !leadsBack(arrow)) {
          int behind = Math.min(last, columns.getOrDefault(from, 0) + 1);
          columns.merge(arrow.to(), behind, Math::max);
        }
      }
    }
    return columns;
  }

  /// Of two kinds that lead to each other, the one whose name comes first stands first.
  private boolean leadsBack(Diagram.Arrow arrow) {
    return arrow.from().kind().compareTo(arrow.to()) > 0
        && diagram.arrows().stream()
            .anyMatch(other -> other.from().kind().equals(arrow.to())
                && other.to().equals(arrow.from().kind()));
  }

  private static void draw(Box box, StringBuilder out) {
    out.append(String.format(
        Locale.ROOT,
        "<g><title>%s</title><rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\""
            + " rx=\"4\"/>"
            + "<rect class=\"head%s\" x=\"%2$d\" y=\"%3$d\" width=\"%4$d\" height=\"%d\" rx=\"4\"/>"
            + "<text class=\"kind\" x=\"%d\" y=\"%d\">%1$s</text>%n",
        escaped(box.kind),
        box.x,
        box.y,
        box.width,
        box.height(),
        box.names ? " names" : "",
        ROW + 2,
        box.x + PADDING,
        box.y + ROW - 5));
    for (int row = 0; row < box.lines.size(); row++) {
      Line line = box.lines.get(row);
      int y = box.rowY(row) + 4;
      out.append(String.format(
          Locale.ROOT,
          "<text x=\"%d\" y=\"%d\">%s</text><text class=\"type\" x=\"%d\" y=\"%2$d\">%s</text>%n",
          box.x + PADDING,
          y,
          escaped(line.left),
          box.x + box.width - PADDING,
          escaped(line.right)));
    }
    out.append("</g>\n");
  }

  private void draw(Diagram.Arrow arrow, StringBuilder out) {
    Box from = boxes.get(arrow.from().kind());
    Box to = boxes.get(arrow.to());
    if (from == null || to == null) {
      return;
    }
    Optional<List<AttributeForm>> rows =
        Optional.ofNullable(diagram.kinds().get(arrow.from().kind()));
    int y1 = from.rowY(rows.map(forms -> forms.indexOf(arrow.from())).orElse(0));
    int y2 = to.y + ROW / 2 + 1;
    int x1 = from.x + from.width;
    boolean right = to.x > from.x;
    // Back, or to itself: around the right side.
    int x2 = right ? to.x : to.x + to.width;
    int reach = right ? BETWEEN_COLUMNS / 2 : BETWEEN_COLUMNS * 2 / 3;
    int end = right ? x2 - reach : Math.max(x1, x2) + reach;
    int begin = right ? x1 + reach : end;
    out.append(String.format(
        Locale.ROOT,
        "<path class=\"arrow\" marker-end=\"url(#end)\" d=\"M%d %d C%d %2$d %d %d %d %5$d\">"
            + "<title>%s → %s</title></path>%n",
        x1,
        y1,
        begin,
        end,
        y2,
        x2,
        escaped(arrow.from().ident().toString()),
        escaped(arrow.to())));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
