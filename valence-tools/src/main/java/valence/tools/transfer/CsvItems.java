package valence.tools.transfer;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;

/// Comma-separated values as of RFC 4180: quotes, quotes within quotes, line ends within quotes.
///
/// The first line names the columns. An empty cell is absent; a quoted one is an empty text.
final class CsvItems implements Items {
  private static final int END = -1;
  private static final char BYTE_ORDER_MARK = '\ufeff';

  private final BufferedReader in;
  private final char delimiter;
  private final List<String> columns;
  private long line = 1;

  CsvItems(BufferedReader in, char delimiter) throws IOException {
    this.in = in;
    this.delimiter = delimiter;
    in.mark(1);
    if (in.read() != BYTE_ORDER_MARK) {
      in.reset();
    }
    Cells header = cells();
    List<String> names = new ArrayList<>();
    if (header != null && header.wrong().isEmpty()) {
      header.texts().forEach(text -> names.add(text == null ? "" : text.strip()));
    }
    if (names.isEmpty() || names.contains("") || names.stream().distinct().count() < names.size()) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "The first line names no columns, or two of the same name.",
              "Expected a header such as sku,free.")
          .toException();
    }
    this.columns = List.copyOf(names);
  }

  /// The cells of a line.
  ///
  /// @param wrong why they can't be read; mostly empty
  private record Cells(List<@Nullable String> texts, String wrong) {}

  @Override
  public @Nullable Item next() throws IOException {
    while (true) {
      long begin = line;
      Cells cells = cells();
      if (cells == null) {
        return null;
      }
      List<@Nullable String> texts = cells.texts();
      if (!cells.wrong().isEmpty()) {
        return new Item.Bad(begin, cells.wrong());
      }
      if (texts.size() == 1 && texts.getFirst() == null && columns.size() > 1) {
        continue; // an empty line
      }
      if (texts.size() != columns.size()) {
        return new Item.Bad(
            begin, "it has " + texts.size() + " cells, and the header " + columns.size());
      }
      Map<String, Object> row = new LinkedHashMap<>();
      for (int i = 0; i < columns.size(); i++) {
        String text = texts.get(i);
        if (text != null) {
          row.put(columns.get(i), text);
        }
      }
      return new Item.Row(begin, row);
    }
  }

  /// The next line; null at the end.
  private @Nullable Cells cells() throws IOException {
    List<@Nullable String> texts = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    boolean quoted = false;
    boolean wasQuoted = false;
    String wrong = "";
    boolean any = false;
    long length = 0;
    while (true) {
      int c = in.read();
      if (++length > ITEM_CHARS_MAX) {
        throw Anomaly.of(
                Anomaly.Category.INCORRECT,
                "Line " + line + " is longer than " + ITEM_CHARS_MAX + " characters.",
                "Perhaps a quote isn't closed.")
            .toException();
      }
      if (c == END) {
        if (!any) {
          return null;
        }
        if (quoted) {
          wrong = "a quote isn't closed";
        }
        texts.add(text.isEmpty() && !wasQuoted ? null : text.toString());
        return new Cells(texts, wrong);
      }
      any = true;
      if (quoted) {
        if (c == '"') {
          in.mark(1);
          if (in.read() == '"') {
            text.append('"');
          } else {
            in.reset();
            quoted = false;
          }
        } else {
          if (c == '\n') {
            line++;
          }
          text.append((char) c);
        }
      } else if (c == '"' && text.isEmpty() && !wasQuoted) {
        quoted = true;
        wasQuoted = true;
      } else if (c == delimiter) {
        texts.add(text.isEmpty() && !wasQuoted ? null : text.toString());
        text.setLength(0);
        wasQuoted = false;
      } else if (c == '\n' || c == '\r') {
        if (c == '\r') {
          in.mark(1);
          if (in.read() != '\n') {
            in.reset();
          }
        }
        line++;
        texts.add(text.isEmpty() && !wasQuoted ? null : text.toString());
        return new Cells(texts, wrong);
      } else if (wasQuoted) {
        wrong = "there is text behind a closing quote";
      } else {
        text.append((char) c);
      }
    }
  }
}
