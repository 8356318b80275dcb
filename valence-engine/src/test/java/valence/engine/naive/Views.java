package valence.engine.naive;

import static valence.engine.naive.Worlds.kw;
import static valence.engine.naive.Worlds.map;

import clojure.lang.Keyword;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import valence.api.Datom;
import valence.api.Db;
import valence.testing.Choices;

/// Random windows of time: `[[:as-of point] [:since point] [:history] [:filter n]]`, in the order
/// in which they are taken. A point is `{:t n}`, `{:tx n}`, or `{:inst n, :plus millis}` of
/// transaction n.
final class Views {
  private static final int TS = 14;

  private Views() {}

  static List<List<Object>> view(Choices choices, boolean withHistory) {
    return choices.oneIn(3)
        ? List.of()
        : choices.list(0, 3, () -> {
          int kind = choices.below(withHistory ? 6 : 4);
          return kind == 5
              ? List.of(kw("filter"), (long) choices.below(3))
              : kind == 4
                  ? List.of(kw("history"))
                  : List.of(kw(kind < 2 ? "as-of" : "since"), point(choices));
        });
  }

  private static Object point(Choices choices) {
    long n = choices.below(TS);
    return switch (choices.below(4)) {
      case 0, 1 -> map(kw("t"), n);
      case 2 -> map(kw("tx"), n);
      default -> map(kw("inst"), n, kw("plus"), (long) choices.pick(0, -1, 1));
    };
  }

  static NaiveDb naive(Played played, List<?> view) {
    NaiveDb db = played.naive();
    for (Object step : view) {
      Object point = pointOf(played, (List<?>) step);
      db = switch (((Keyword) ((List<?>) step).get(0)).getName()) {
        case "as-of" -> db.asOf(db.point(point));
        case "since" -> db.since(db.point(point));
        case "filter" -> {
          long hidden = (Long) ((List<?>) step).get(1);
          yield db.filter(datom -> isShown(datom, hidden));
        }
        default -> db.history();
      };
    }
    return db;
  }

  static Db engine(Played played, Db now, List<?> view) {
    Db db = now;
    for (Object step : view) {
      Object point = pointOf(played, (List<?>) step);
      Object given = point instanceof Date date && date.getTime() % 2 == 0
          ? Instant.ofEpochMilli(date.getTime())
          : point;
      db = switch (((Keyword) ((List<?>) step).get(0)).getName()) {
        case "as-of" -> db.asOf(given);
        case "since" -> db.since(given);
        case "filter" -> {
          long hidden = (Long) ((List<?>) step).get(1);
          yield db.filter((unfiltered, datom) -> isShown(datom, hidden));
        }
        default -> db.history();
      };
    }
    return db;
  }

  private static boolean isShown(Datom datom, long hidden) {
    return (datom.e() + datom.a()) % 3 != hidden;
  }

  /// The point, moved to the last transaction if it is later.
  private static Object pointOf(Played played, List<?> step) {
    if (step.size() == 1 || step.get(1) instanceof Long) {
      return 0L;
    }
    Map<?, ?> point = (Map<?, ?>) step.get(1);
    for (String kind : List.of("t", "tx", "inst")) {
      if (point.get(kw(kind)) instanceof Long n) {
        long t = Math.min(n, played.naive().t);
        return switch (kind) {
          case "t" -> t;
          case "tx" -> NaiveDb.TX + t;
          default ->
            new Date(played.instant(t).getTime()
                + (point.get(kw("plus")) instanceof Long plus ? plus : 0));
        };
      }
    }
    throw new IllegalArgumentException("no point: " + point);
  }
}
