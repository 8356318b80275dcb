package valence.wire;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;

/// A form that bodies are written in. All three carry the same values; `docs/protocol.md` has the
/// details of each.
public enum Format {
  /// EDN text, for people.
  EDN(EdnBody.MEDIA_TYPE, "application/edn-lines"),

  /// JSON text (RFC 8259), for people and other languages.
  JSON("application/json", "application/x-ndjson"),

  /// Bytes, for programs; see [BinaryWriter].
  BINARY("application/vnd.valence", "application/vnd.valence.rows");

  private static final String ANY = "*/*";

  /// Of a media type; no longer one is known, and to turn a long text into lower case may take a
  /// time that is quadratic in its length.
  private static final int TYPE_CHARS_MAX = 255;

  private final String mediaType;
  private final String rowsMediaType;

  Format(String mediaType, String rowsMediaType) {
    this.mediaType = mediaType;
    this.rowsMediaType = rowsMediaType;
  }

  /// The media type of a request, and of an answer that comes at once.
  public String mediaType() {
    return mediaType;
  }

  /// The media type of an answer whose rows come in chunks; see [RowsWriter].
  public String rowsMediaType() {
    return rowsMediaType;
  }

  /// The form of a body with this `content-type`: EDN unless it is another's. (A command line that
  /// is told nothing sends forms of the web.)
  public static Format ofContentType(String contentType) {
    return ofMediaType(mediaType(contentType)).orElse(EDN);
  }

  /// The form that `accept` asks for, the first named of those that there are; else the one of the
  /// request.
  public static Format ofAccept(String accept, Format ofRequest) {
    for (String each : accept.split(",", -1)) {
      String type = mediaType(each);
      if (type.equals(ANY)) {
        return ofRequest;
      }
      Optional<Format> format = ofMediaType(type);
      if (format.isPresent()) {
        return format.get();
      }
    }
    return ofRequest;
  }

  private static Optional<Format> ofMediaType(String type) {
    for (Format format : values()) {
      if (format.mediaType.equals(type) || format.rowsMediaType.equals(type)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  /// The media type of a header's value, without parameters; empty for one that is too long.
  public static String mediaType(String header) {
    int end = header.indexOf(';');
    String type = (end < 0 ? header : header.substring(0, end)).strip();
    return type.length() > TYPE_CHARS_MAX ? "" : type.toLowerCase(Locale.ROOT);
  }

  /// The value as a body. Takes `java.util` collections, [DbValue] and `Datom` at any depth.
  ///
  /// `unsupported` when it is longer than [EdnBody#BYTES_MAX], or holds what has no form.
  public byte[] encode(@Nullable Object value) {
    return switch (this) {
      case EDN -> EdnBody.encode(value);
      case JSON -> {
        JsonWriter json = new JsonWriter(EdnBody.BYTES_MAX);
        json.write(value);
        yield checked(json.toBytes());
      }
      case BINARY -> {
        BinaryWriter binary = new BinaryWriter(EdnBody.BYTES_MAX);
        binary.header();
        binary.write(value);
        yield binary.toBytes();
      }
    };
  }

  /// The value of a body of at most so many levels of collections; `incorrect` when it is none.
  public @Nullable Object decode(byte[] bytes, int nestingMax) {
    return switch (this) {
      case EDN -> EdnBody.decode(bytes, nestingMax);
      case JSON -> JsonReader.read(EdnBody.text(bytes), nestingMax);
      case BINARY -> BinaryReader.read(bytes, nestingMax);
    };
  }

  static byte[] checked(byte[] bytes) {
    if (bytes.length > EdnBody.BYTES_MAX) {
      throw tooLong(bytes.length);
    }
    return bytes;
  }

  static RuntimeException tooLong(long length) {
    return Anomaly.of(
            Anomaly.Category.UNSUPPORTED,
            "The message is " + length + " bytes long, or longer.",
            "At most " + EdnBody.BYTES_MAX + " bytes fit into one.",
            "Ask for it in chunks, with :chunk, or for less at once, with :limit and :offset; or"
                + " send less at once.")
        .toException();
  }

  static RuntimeException noForm(Object value) {
    return Anomaly.of(
            Anomaly.Category.UNSUPPORTED,
            "A value of " + value.getClass().getName() + " can't cross the network.",
            "Expected data: collections, texts, numbers, names, instants, uuids, uris and bytes.",
            "Turn it into such data where it is made.")
        .toException();
  }
}
