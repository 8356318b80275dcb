package valence.tools.transfer;

import static valence.api.Valence.kw;

import clojure.lang.BigInt;
import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import valence.api.AnomalyException;
import valence.wire.EdnBody;

/// Values out of cells: a text, a number or a truth becomes what an attribute takes.
final class Values {
  // Not with leading zeros: those are codes, and lose them as numbers.
  private static final Pattern LONG = Pattern.compile("-?(0|[1-9]\\d{0,18})");
  private static final Pattern DOUBLE =
      Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d{1,3})?");
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?(Z|[+-].*)?");
  private static final Pattern UUID_FORM =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final Pattern KEYWORD = Pattern.compile(":[^\\s\\[\\](){}\",;:@^`~\\\\]+");

  private Values() {}

  /// A cell as a value of a type; empty when it can't be one.
  static Optional<Object> of(Object cell, String type) {
    try {
      return cell instanceof String text ? ofText(text, type) : ofTyped(cell, type);
    } catch (IllegalArgumentException | DateTimeException | AnomalyException e) {
      return Optional.empty(); // whoever asked says which cell it was
    }
  }

  private static Optional<Object> ofTyped(Object cell, String type) {
    return switch (type) {
      case "long", "ref" -> cell instanceof Long ? Optional.of(cell) : Optional.empty();
      case "double" ->
        cell instanceof Number number ? Optional.of(number.doubleValue()) : Optional.empty();
      case "float" ->
        cell instanceof Number number ? Optional.of(number.floatValue()) : Optional.empty();
      case "boolean" -> cell instanceof Boolean ? Optional.of(cell) : Optional.empty();
      case "bigint" ->
        cell instanceof BigInteger || cell instanceof Long
            ? Optional.of(BigInt.fromBigInteger(new BigInteger(cell.toString())))
            : Optional.empty();
      case "bigdec" ->
        cell instanceof Number ? Optional.of(new BigDecimal(cell.toString())) : Optional.empty();
      case "string" ->
        cell instanceof Number || cell instanceof Boolean
            ? Optional.of(cell.toString())
            : Optional.empty();
      case "tuple" -> cell instanceof List<?> ? Optional.of(cell) : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<Object> ofText(String text, String type) {
    return switch (type) {
      case "string" -> Optional.of(text);
      case "long" -> LONG.matcher(text).matches() ? Optional.of(Long.parseLong(text)) : none();
      case "double" ->
        DOUBLE.matcher(text).matches() || text.matches("NaN|-?Infinity")
            ? Optional.of(Double.parseDouble(text))
            : none();
      case "float" -> Optional.of(Float.parseFloat(text));
      case "boolean" -> text.matches("true|false") ? Optional.of(text.equals("true")) : none();
      case "instant" -> Optional.of(Date.from(instant(text)));
      case "uuid" ->
        UUID_FORM.matcher(text).matches() ? Optional.of(UUID.fromString(text)) : none();
      case "keyword" ->
        text.isBlank() ? none() : Optional.of(kw(text.startsWith(":") ? text.substring(1) : text));
      case "symbol" -> Optional.of(Symbol.intern(text));
      case "bigint" -> Optional.of(BigInt.fromBigInteger(new BigInteger(text)));
      case "bigdec" -> Optional.of(new BigDecimal(text));
      case "uri" -> Optional.of(URI.create(text));
      case "bytes" -> Optional.of(HexFormat.of().parseHex(text));
      case "ref" -> reference(text);
      case "tuple" ->
        EdnBody.parse(text) instanceof List<?> list ? Optional.of((Object) list) : none();
      default -> none();
    };
  }

  private static Optional<Object> none() {
    return Optional.empty();
  }

  /// An ident, a lookup ref, or an entity id.
  private static Optional<Object> reference(String text) {
    Object value = EdnBody.parse(text);
    return value instanceof Keyword || value instanceof Long || isLookup(value)
        ? Optional.ofNullable(value)
        : none();
  }

  private static boolean isLookup(@org.jspecify.annotations.Nullable Object value) {
    return value instanceof List<?> list
        && list.size() == 2
        && list.getFirst() instanceof Keyword attribute
        && attribute.getNamespace() != null;
  }

  /// Of a cell such as `["a" "b"]`, its members; empty when it is none of that.
  static Optional<List<?>> members(String text) {
    if (!text.startsWith("[") || !text.endsWith("]")) {
      return Optional.empty();
    }
    try {
      return EdnBody.parse(text) instanceof List<?> list && !isLookup(list)
          ? Optional.of(list)
          : Optional.empty();
    } catch (AnomalyException e) {
      return Optional.empty(); // a text that happens to begin so
    }
  }

  private static Instant instant(String text) {
    if (DATE.matcher(text).matches()) {
      return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    }
    if (!TIME.matcher(text).matches()) {
      throw new DateTimeException("no instant");
    }
    String joined = text.replace(' ', 'T');
    return joined.matches(".*T.*(Z|[+-]\\d{2}(:?\\d{2})?)")
        ? OffsetDateTime.parse(joined.endsWith("Z") ? joined : withColon(joined))
            .toInstant()
        : LocalDateTime.parse(joined).toInstant(ZoneOffset.UTC);
  }

  /// `+0200` and `+02` as `+02:00`.
  private static String withColon(String text) {
    return text.replaceFirst("([+-]\\d{2})$", "$1:00")
        .replaceFirst("([+-]\\d{2})(\\d{2})$", "$1:$2");
  }

  /// Whether a text is taken for a keyword when nobody says what it is.
  static boolean looksLikeKeyword(String text) {
    return KEYWORD.matcher(text).matches();
  }

  static boolean looksLikeLookup(String text) {
    return text.startsWith("[:") && of(text, "ref").isPresent();
  }
}
