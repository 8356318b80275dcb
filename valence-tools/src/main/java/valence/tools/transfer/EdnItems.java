package valence.tools.transfer;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.tools.session.Forms;
import valence.wire.EdnBody;

/// Forms of tx-data, one after the other, however they are laid out; a vector of forms counts as
/// its members.
final class EdnItems implements Items {
  static final Keyword VERSION = kw("valence.export/version");
  static final long VERSION_KNOWN = 1;

  private static final int PIECE_CHARS = 1 << 16;

  private final BufferedReader in;
  private final StringBuilder text = new StringBuilder();
  private final Queue<Item> ready = new ArrayDeque<>();
  private final char[] piece = new char[PIECE_CHARS];
  private int at;
  private long line = 1;
  private boolean ended;

  EdnItems(BufferedReader in) {
    this.in = in;
  }

  @Override
  public @Nullable Item next() throws IOException {
    while (ready.isEmpty()) {
      int end = Forms.end(text, at);
      // A word at the very end of the text may go on in the next piece.
      if ((end < 0 || end == text.length()) && !ended) {
        more();
        continue;
      }
      if (end == Forms.NONE) {
        return null;
      }
      if (end == Forms.OPEN) {
        long begin = beginning();
        at = text.length();
        return text.isEmpty() ? null : new Item.Bad(begin, "the text ends within a form");
      }
      long begin = beginning();
      read(begin, text.substring(at, end));
      count(at, end);
      at = end;
    }
    return ready.poll();
  }

  private void more() throws IOException {
    if (text.length() - at > ITEM_CHARS_MAX) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "The form of line " + line + " is longer than " + ITEM_CHARS_MAX + " characters.",
              "Write the forms one after the other, without a vector around them.")
          .toException();
    }
    text.delete(0, at);
    at = 0;
    int read = in.read(piece);
    if (read < 0) {
      ended = true;
    } else {
      text.append(piece, 0, read);
    }
  }

  /// The line of the next form, where it begins.
  private long beginning() {
    int begin = Forms.begin(text, at);
    count(at, begin);
    at = begin;
    return line;
  }

  private void count(int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) == '\n') {
        line++;
      }
    }
  }

  private void read(long begin, String form) {
    Object value;
    try {
      value = EdnBody.parse(form);
    } catch (AnomalyException e) {
      ready.add(new Item.Bad(begin, e.anomaly().message()));
      return;
    }
    if (value instanceof Map<?, ?> map && map.containsKey(VERSION)) {
      if (!Long.valueOf(VERSION_KNOWN).equals(map.get(VERSION))) {
        throw Anomaly.of(
                Anomaly.Category.UNSUPPORTED,
                "The export has version " + map.get(VERSION) + ".",
                "This program knows version " + VERSION_KNOWN + ".")
            .toException();
      }
    } else if (value instanceof List<?> list && !isForm(list)) {
      list.forEach(member -> ready.add(new Item.Form(begin, member)));
    } else {
      ready.add(new Item.Form(begin, value));
    }
  }

  /// `[:db/add …]` or `[some/function …]`, rather than a collection of forms.
  private static boolean isForm(List<?> list) {
    return !list.isEmpty()
        && (list.getFirst() instanceof Keyword || list.getFirst() instanceof Symbol);
  }
}
