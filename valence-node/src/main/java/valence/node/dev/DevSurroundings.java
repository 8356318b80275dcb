package valence.node.dev;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import valence.api.spi.ClientProvider.Reach;
import valence.edn.Edn;
import valence.ion.AppInfo;
import valence.ion.spi.Surroundings;
import valence.node.hosted.NodeSurroundings;

/// Hands what the application casts to the feed as well, casts for developers among it. Without a
/// feed, which is everywhere but in a process for development, it hosts nothing.
public final class DevSurroundings implements Surroundings {
  private static final Keyword EX = kw("ex");

  // Of the process: the loader of services makes the instances.
  private static final AtomicReference<@Nullable Feed> FEED = new AtomicReference<>();

  private final NodeSurroundings node = new NodeSurroundings();

  /// Lets all casts of this process go to a feed, too.
  public static void tell(Feed feed) {
    FEED.set(feed);
  }

  @Override
  public Reach reach() {
    return FEED.get() == null ? Reach.NOT_HERE : Reach.HERE;
  }

  @Override
  public Optional<AppInfo> appInfo() {
    return node.appInfo();
  }

  @Override
  public Optional<SortedMap<String, String>> parameters() {
    return node.parameters();
  }

  @Override
  public Optional<Map<Keyword, Object>> environment() {
    return node.environment();
  }

  @Override
  public void cast(String kind, Map<Keyword, Object> said) {
    Feed feed = FEED.get();
    if (feed != null) {
      Map<Keyword, Object> fields = new LinkedHashMap<>(said);
      Map<String, Object> event = new LinkedHashMap<>();
      event.put("kind", kw(kind));
      if (fields.remove(EX) instanceof Throwable thrown) {
        event.put("stack", OwnStack.of(thrown));
      }
      event.put("said", Edn.print(fields));
      feed.tell("cast", event);
    }
    node.cast(kind, said);
  }
}
