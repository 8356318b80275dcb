package valence.node.source.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import valence.node.lambda.Json;
import valence.wire.json.PlainJson;

/// What a sender says beside a message's body, under a name.
///
/// @param type  `String`, `Number` or `Binary`, perhaps with a point and more
/// @param value a text, or of a binary one Base64
record MessageAttribute(String type, String value) {
  private static final int COUNT_MAX = 10;
  private static final Pattern NAME = Pattern.compile("(?!\\.)[A-Za-z0-9_.-]{1,256}(?<!\\.)");
  private static final Pattern TYPE =
      Pattern.compile("(?:String|Number|Binary)(?:\\.[^\\s]{1,200})?");

  boolean isBinary() {
    return type.startsWith("Binary");
  }

  int bytes() {
    return type.length()
        + (isBinary() ? Base64.getDecoder().decode(value).length : value.getBytes(UTF_8).length);
  }

  /// Those of a request, checked.
  static Map<String, MessageAttribute> read(@Nullable Object given) throws Refused {
    Map<String, MessageAttribute> attributes = new LinkedHashMap<>();
    if (given == null) {
      return attributes;
    }
    if (!(given instanceof Map<?, ?> named) || named.size() > COUNT_MAX) {
      throw Refused.invalid("A message can have " + COUNT_MAX + " attributes.");
    }
    for (Map.Entry<?, ?> each : named.entrySet()) {
      String name = String.valueOf(each.getKey());
      if (!NAME.matcher(name).matches()
          || !(each.getValue() instanceof Map<?, ?> parts)
          || !(parts.get("DataType") instanceof String type)
          || !TYPE.matcher(type).matches()) {
        throw Refused.invalid(
            "The message attribute " + name + " needs a DataType of String, Number or Binary.");
      }
      Object value = parts.get(type.startsWith("Binary") ? "BinaryValue" : "StringValue");
      if (!(value instanceof String text) || text.isEmpty()) {
        throw Refused.invalid("The message attribute " + name + " has no value of its type.");
      }
      attributes.put(name, new MessageAttribute(type, checked(name, type, text)));
    }
    return attributes;
  }

  private static String checked(String name, String type, String text) throws Refused {
    if (type.startsWith("Binary")) {
      try {
        return Base64.getEncoder().encodeToString(Base64.getDecoder().decode(text));
      } catch (IllegalArgumentException e) {
        throw Refused.invalid("The message attribute " + name + " isn't Base64.");
      }
    }
    return text;
  }

  /// As they are kept with a message; empty when there are none.
  static String stored(Map<String, MessageAttribute> attributes) {
    return attributes.isEmpty() ? "" : Json.print(json(attributes));
  }

  /// Those that were kept.
  static Map<String, MessageAttribute> ofStored(String stored) throws Refused {
    return stored.isEmpty() ? Map.of() : read(PlainJson.read(stored));
  }

  /// As a caller is told them.
  static Map<String, Object> json(Map<String, MessageAttribute> attributes) {
    Map<String, Object> json = new LinkedHashMap<>();
    attributes.forEach((name, attribute) -> {
      Map<String, Object> parts = new LinkedHashMap<>();
      parts.put(attribute.isBinary() ? "BinaryValue" : "StringValue", attribute.value());
      parts.put("DataType", attribute.type());
      json.put(name, parts);
    });
    return json;
  }
}
