package valence.node.telemetry;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What a node hides in its process's log and in what applications cast: the values of secrets,
/// where they stand in a text as they are. Of the whole process, as its log is. Safe for many
/// threads.
public final class Secrets implements AutoCloseable {
  private static final List<Secrets> ALL = new CopyOnWriteArrayList<>();

  /// Whether the thread is finding out what is secret; what it logs meanwhile can't wait for that.
  private static final ScopedValue<Boolean> ASKING = ScopedValue.newInstance();

  private volatile UnaryOperator<String> mask = UnaryOperator.identity();

  /// Hides nothing yet.
  public Secrets() {
    ALL.add(this);
  }

  /// @param leavingOut gives a text without the secrets
  public void hide(UnaryOperator<String> leavingOut) {
    mask = leavingOut;
  }

  static String masked(String text) {
    if (ALL.isEmpty() || ASKING.isBound()) {
      return text;
    }
    return ScopedValue.where(ASKING, true).call(() -> {
      String masked = text;
      for (Secrets each : ALL) {
        masked = each.mask.apply(masked);
      }
      return masked;
    });
  }

  /// Plain data, each text in it masked, keys included.
  static @Nullable Object masked(@Nullable Object plain) {
    return switch (plain) {
      case String text -> masked(text);
      case Map<?, ?> map -> {
        Map<@Nullable Object, @Nullable Object> masked = new LinkedHashMap<>();
        map.forEach((key, value) -> masked.put(masked(key), masked(value)));
        yield masked;
      }
      case Collection<?> members -> {
        List<@Nullable Object> masked = new ArrayList<>(members.size());
        members.forEach(member -> masked.add(masked(member)));
        yield masked;
      }
      case null, default -> plain;
    };
  }

  static Map<Keyword, Object> masked(Map<Keyword, Object> fields) {
    Map<Keyword, Object> masked = new LinkedHashMap<>();
    fields.forEach((key, value) -> {
      Object hidden = masked(value);
      if (hidden != null) {
        masked.put(key, hidden);
      }
    });
    return masked;
  }

  /// Hides nothing any more.
  @Override
  public void close() {
    ALL.remove(this);
  }
}
