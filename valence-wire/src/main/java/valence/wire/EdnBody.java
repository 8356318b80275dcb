package valence.wire;

import clojure.lang.Keyword;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.edn.Edn;

/// The body of a request or an answer: one EDN value in UTF-8.
public final class EdnBody {
  /// How many bytes a body may have, in either direction.
  public static final int BYTES_MAX = 64 << 20;

  public static final String MEDIA_TYPE = "application/edn";

  private static final Map<String, UnaryOperator<@Nullable Object>> TAGS = Map.of(
      DbValue.TAG,
      form -> DbValue.of(Fields.of("#" + DbValue.TAG, form)),
      LogValue.TAG,
      LogValue::of);

  private EdnBody() {}

  /// The value as a body. Takes `java.util` collections, [DbValue] and `Datom` at any depth.
  ///
  /// `unsupported` when it is longer than [#BYTES_MAX].
  public static byte[] encode(@Nullable Object value) {
    byte[] bytes = text(value).getBytes(StandardCharsets.UTF_8);
    if (bytes.length > BYTES_MAX) {
      throw Anomaly.of(
              Anomaly.Category.UNSUPPORTED,
              "The message is " + bytes.length + " bytes long.",
              "At most " + BYTES_MAX + " bytes fit into one.",
              "Ask for less at once, with :limit and :offset, or send less at once.")
          .toException();
    }
    return bytes;
  }

  /// The value as one line of EDN text.
  public static String text(@Nullable Object value) {
    return Edn.print(value);
  }

  /// The value of a body; `incorrect` when the bytes aren't the UTF-8 text of one EDN value.
  public static @Nullable Object decode(byte[] bytes) {
    return parse(text(bytes));
  }

  /// The text of a body, which has to be in UTF-8.
  static String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw Anomaly.incorrect(
              "db.error/invalid-edn",
              "The body isn't text in UTF-8.",
              "Expected one value.",
              "Send it as UTF-8.")
          .toException(e);
    }
  }

  /// As [#decode(byte\[\])], of at most so many levels of collections.
  public static @Nullable Object decode(byte[] bytes, int nestingMax) {
    return parse(text(bytes), nestingMax);
  }

  /// As [#parse(String)], of at most so many levels of collections.
  static @Nullable Object parse(String text, int nestingMax) {
    Object value = parse(text);
    if (nestingMax < Edn.DEPTH_MAX && isDeeper(value, nestingMax)) {
      throw Anomaly.incorrect(
              "db.error/too-deep",
              "The body is nested deeper than " + nestingMax + " levels.",
              "Make the data flatter.")
          .toException();
    }
    return value;
  }

  // What was read is never deeper than Edn.DEPTH_MAX, so this recursion has a bound.
  private static boolean isDeeper(@Nullable Object value, int levels) {
    return switch (value) {
      case DbValue db -> isDeeper(db.ednValue(), levels);
      case Map<?, ?> map ->
        levels == 0
            || map.entrySet().stream()
                .anyMatch(entry ->
                    isDeeper(entry.getKey(), levels - 1) || isDeeper(entry.getValue(), levels - 1));
      case Collection<?> members ->
        levels == 0 || members.stream().anyMatch(member -> isDeeper(member, levels - 1));
      case null, default -> false;
    };
  }

  /// The value of EDN text that may hold the tags of the protocol.
  public static @Nullable Object parse(String text) {
    return Edn.read(text, TAGS);
  }

  /// The value of a tag that stands before another, as EDN reads it.
  static @Nullable Object tagged(String tag, @Nullable Object value) {
    if (tag.equals(DbValue.TAG)) {
      return DbValue.of(Fields.of("#" + DbValue.TAG, value));
    }
    return tag.equals(LogValue.TAG)
        ? LogValue.of(value)
        : Edn.read("#" + tag + " " + Edn.print(value));
  }

  /// The key `:name` of a message.
  static Keyword key(String name) {
    return Keyword.intern(name);
  }
}
