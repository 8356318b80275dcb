package valence.client;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import valence.api.LogEntry;
import valence.api.TxFeed;

/// A database's transactions, told by a node as they are said.
final class RemoteTxFeed implements TxFeed {
  private final RemoteConnection connection;
  private final RemoteFeed<LogEntry> feed;

  private RemoteTxFeed(RemoteConnection connection, RemoteFeed<LogEntry> feed) {
    this.connection = connection;
    this.feed = feed;
  }

  static RemoteTxFeed begin(RemoteConnection connection, Map<Keyword, @Nullable Object> request) {
    RemoteClient client = connection.client();
    request.put(kw("timeout"), client.timeout().toMillis());
    return new RemoteTxFeed(
        connection,
        client.listening(new RemoteFeed<>(
            client.requests(),
            "tx-feed",
            request,
            new RemoteFeed.Patience(client.timeout()),
            RemoteTxFeed::read)));
  }

  private static RemoteFeed.Telling<LogEntry> read(Map<Keyword, @Nullable Object> told) {
    LogEntry entry = Answers.entry(told);
    return new RemoteFeed.Telling<>(entry, entry.t(), told.get(kw("at")));
  }

  /// To look only means to see what was said before the call, wherever: it takes a question.
  @Override
  public Optional<LogEntry> next(Duration wait) {
    Optional<LogEntry> next = feed.next(wait);
    return next.isEmpty()
            && wait.isZero()
            && !feed.isClosed()
            && connection.db().basisT() > t()
        ? feed.next(connection.client().timeout())
        : next;
  }

  @Override
  public long t() {
    return feed.t().orElse(-1);
  }

  @Override
  public void close() {
    connection.client().closed(feed);
  }
}
