package valence.client;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import valence.api.LiveChange;
import valence.api.LiveQuery;
import valence.wire.Fields;

/// A query that a node watches.
final class RemoteLiveQuery implements LiveQuery {
  private final RemoteClient client;
  private final RemoteFeed<LiveChange> feed;

  private RemoteLiveQuery(RemoteClient client, RemoteFeed<LiveChange> feed) {
    this.client = client;
    this.feed = feed;
  }

  static RemoteLiveQuery begin(RemoteClient client, Map<Keyword, @Nullable Object> request) {
    return new RemoteLiveQuery(
        client,
        client.listening(new RemoteFeed<>(
            client.requests(),
            "live",
            request,
            new RemoteFeed.Patience(client.timeout()),
            RemoteLiveQuery::read)));
  }

  private static RemoteFeed.Telling<LiveChange> read(Map<Keyword, @Nullable Object> told) {
    Fields fields = Fields.of("The change", told);
    long t = fields.number("t", 0, Long.MAX_VALUE);
    LiveChange change = fields.contains("basis")
        ? new LiveChange(
            OptionalLong.of(fields.number("basis", 0, t)),
            t,
            rows(told, "added"),
            rows(told, "removed"))
        : new LiveChange(OptionalLong.empty(), t, rows(told, "rows"), List.of());
    return new RemoteFeed.Telling<>(change, t, told.get(kw("at")));
  }

  private static List<@Nullable Object> rows(Map<Keyword, @Nullable Object> told, String key) {
    return told.get(kw(key)) instanceof List<?> rows ? new ArrayList<>(rows) : List.of();
  }

  @Override
  public Optional<LiveChange> next(Duration wait) {
    return feed.next(wait);
  }

  @Override
  public OptionalLong t() {
    return feed.t();
  }

  @Override
  public void close() {
    client.closed(feed);
  }
}
