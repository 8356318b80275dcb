package valence.node.access;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.LinkedHashMap;
import java.util.Map;
import valence.edn.Edn;
import valence.wire.EdnBody;
import valence.wire.Fields;

/// How much a principal may ask for at once.
///
/// @param requestBytes of one body, artifacts left out: they have a limit of their own
/// @param nesting      levels of collections in a body
/// @param running      requests worked on at once
/// @param waiting      requests that wait for one of those to end; the next is told `busy`
public record Limits(int requestBytes, int nesting, int running, int waiting) {
  /// Of who has no others. One principal can't take all places of a node, which are 32 and 127.
  static final Limits DEFAULT = new Limits(EdnBody.BYTES_MAX, Edn.DEPTH_MAX, 24, 64);

  private static final int AT_ONCE_MAX = 10_000;

  static Limits of(Fields fields) {
    fields.only("request-bytes", "nesting", "running", "waiting");
    return new Limits(
        (int) fields.number("request-bytes", 1, EdnBody.BYTES_MAX, DEFAULT.requestBytes),
        (int) fields.number("nesting", 1, Edn.DEPTH_MAX, DEFAULT.nesting),
        (int) fields.number("running", 1, AT_ONCE_MAX, DEFAULT.running),
        (int) fields.number("waiting", 0, AT_ONCE_MAX, DEFAULT.waiting));
  }

  Map<Keyword, Object> toMap() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(kw("request-bytes"), (long) requestBytes);
    map.put(kw("nesting"), (long) nesting);
    map.put(kw("running"), (long) running);
    map.put(kw("waiting"), (long) waiting);
    return map;
  }
}
