package valence.node.source.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The older form of SQS's protocol: form fields in, XML out.
final class QueryForm {
  private static final int FIELDS_MAX = 2_000;
  private static final String NAMESPACE = "http://queue.amazonaws.com/doc/2012-11-05/";

  /// What a numbered field of the form is in the JSON form, and what its members are called in XML.
  private static final Map<String, String> LISTS = Map.ofEntries(
      Map.entry("AttributeName", "AttributeNames"),
      Map.entry("MessageSystemAttributeName", "MessageSystemAttributeNames"),
      Map.entry("MessageAttributeName", "MessageAttributeNames"),
      Map.entry("SendMessageBatchRequestEntry", "Entries"),
      Map.entry("DeleteMessageBatchRequestEntry", "Entries"),
      Map.entry("ChangeMessageVisibilityBatchRequestEntry", "Entries"));

  private QueryForm() {}

  /// The fields of a body, decoded.
  static Map<String, String> fields(String body) throws Refused {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String pair : body.split("&")) {
      if (pair.isEmpty()) {
        continue;
      }
      if (fields.size() >= FIELDS_MAX) {
        throw Refused.invalid("There are more than " + FIELDS_MAX + " parameters.");
      }
      int equals = pair.indexOf('=');
      try {
        fields.put(
            URLDecoder.decode(equals < 0 ? pair : pair.substring(0, equals), UTF_8),
            equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), UTF_8));
      } catch (IllegalArgumentException e) {
        throw Refused.invalid("A parameter isn't encoded as in a URL.");
      }
    }
    return fields;
  }

  /// The fields as the JSON form has them.
  static Map<String, Object> input(Map<String, String> fields) {
    Map<String, Object> input = new LinkedHashMap<>();
    Map<String, TreeMap<Integer, Map<String, String>>> numbered = new LinkedHashMap<>();
    fields.forEach((name, value) -> {
      String[] parts = name.split("\\.", 3);
      if (parts.length >= 2 && parts[1].matches("[0-9]{1,4}")) {
        numbered
            .computeIfAbsent(parts[0], _ -> new TreeMap<>())
            .computeIfAbsent(Integer.valueOf(parts[1]), _ -> new LinkedHashMap<>())
            .put(parts.length > 2 ? parts[2] : "", value);
      } else {
        input.put(name, value);
      }
    });
    numbered.forEach((name, items) -> {
      switch (name) {
        case "Attribute", "Tag" -> {
          Map<String, Object> named = new LinkedHashMap<>();
          items
              .values()
              .forEach(item -> named.put(
                  item.getOrDefault("Name", item.getOrDefault("Key", "")),
                  item.getOrDefault("Value", "")));
          input.put(name + "s", named);
        }
        case "MessageAttribute", "MessageSystemAttribute" -> {
          Map<String, Object> named = new LinkedHashMap<>();
          items.values().forEach(item -> {
            Map<String, Object> parts = new LinkedHashMap<>();
            item.forEach((part, value) -> {
              if (part.startsWith("Value.")) {
                parts.put(part.substring("Value.".length()), value);
              }
            });
            named.put(item.getOrDefault("Name", ""), parts);
          });
          input.put(name + "s", named);
        }
        default -> {
          List<Object> list = new ArrayList<>();
          items
              .values()
              .forEach(item -> list.add(item.containsKey("") ? item.get("") : input(item)));
          input.put(LISTS.getOrDefault(name, name), list);
        }
      }
    });
    return input;
  }

  /// An answer in XML.
  static String answer(String action, Map<String, Object> answer, String requestId) {
    StringBuilder xml = new StringBuilder("<?xml version=\"1.0\"?><")
        .append(action)
        .append("Response xmlns=\"")
        .append(NAMESPACE)
        .append("\">");
    if (!answer.isEmpty()) {
      xml.append('<').append(action).append("Result>");
      answer.forEach((name, value) -> add(xml, action, name, value));
      xml.append("</").append(action).append("Result>");
    }
    return xml.append("<ResponseMetadata><RequestId>")
        .append(requestId)
        .append("</RequestId></ResponseMetadata></")
        .append(action)
        .append("Response>")
        .toString();
  }

  static String refusal(Refused refused, String requestId) {
    StringBuilder xml = new StringBuilder("<?xml version=\"1.0\"?><ErrorResponse xmlns=\"")
        .append(NAMESPACE)
        .append("\"><Error><Type>")
        .append(refused.status() < 500 ? "Sender" : "Receiver")
        .append("</Type>");
    add(xml, "", "Code", refused.queryCode());
    add(xml, "", "Message", refused.said());
    return xml.append("<Detail/></Error><RequestId>")
        .append(requestId)
        .append("</RequestId></ErrorResponse>")
        .toString();
  }

  private static void add(StringBuilder xml, String action, String name, @Nullable Object value) {
    switch (value) {
      case List<?> list -> {
        String each = switch (name) {
          case "Successful" -> action + "ResultEntry";
          case "Failed" -> "BatchResultErrorEntry";
          case "QueueUrls", "queueUrls" -> "QueueUrl";
          case "Messages" -> "Message";
          default -> name;
        };
        list.forEach(item -> add(xml, action, each, item));
      }
      case Map<?, ?> map
      when name.equals("Attributes") ->
        map.forEach((key, held) -> {
          xml.append("<Attribute>");
          add(xml, action, "Name", key);
          add(xml, action, "Value", held);
          xml.append("</Attribute>");
        });
      case Map<?, ?> map
      when name.equals("MessageAttributes") ->
        map.forEach((key, held) -> {
          xml.append("<MessageAttribute>");
          add(xml, action, "Name", key);
          add(xml, action, "Value", held);
          xml.append("</MessageAttribute>");
        });
      case Map<?, ?> map -> {
        xml.append('<').append(name).append('>');
        map.forEach((key, held) -> add(xml, action, String.valueOf(key), held));
        xml.append("</").append(name).append('>');
      }
      case null -> {}
      default ->
        xml.append('<')
            .append(name)
            .append('>')
            .append(escaped(value.toString()))
            .append("</")
            .append(name)
            .append('>');
    }
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("\r", "&#xD;");
  }
}
