package valence.node.source.sqs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// The parameters of a request, read and checked one by one.
record Input(Map<?, ?> fields) {
  static Input of(@Nullable Object value) throws Refused {
    if (value instanceof Map<?, ?> map) {
      return new Input(map);
    }
    throw Refused.invalid("Expected an object.");
  }

  @Nullable Object value(String name) {
    return fields.get(name);
  }

  Optional<String> text(String name) throws Refused {
    return switch (fields.get(name)) {
      case null -> Optional.empty();
      case String text -> Optional.of(text);
      default -> throw Refused.invalid(name + " isn't a string.");
    };
  }

  String required(String name) throws Refused {
    return text(name).orElseThrow(() -> Refused.missing(name));
  }

  /// A whole number between two bounds, given as one or as its text.
  OptionalInt number(String name, int min, int max) throws Refused {
    Object value = fields.get(name);
    if (value == null) {
      return OptionalInt.empty();
    }
    String text = value instanceof Number || value instanceof String ? value.toString() : "";
    return OptionalInt.of(number(name, text, min, max));
  }

  static int number(String name, String text, int min, int max) throws Refused {
    if (text.matches("-?[0-9]{1,10}")) {
      long number = Long.parseLong(text);
      if (number >= min && number <= max) {
        return (int) number;
      }
    }
    throw Refused.invalid("Value " + text + " for parameter " + name
        + " is invalid. Reason: Must be between " + min + " and " + max + ".");
  }

  List<Input> list(String name) throws Refused {
    List<Input> inputs = new ArrayList<>();
    if (fields.get(name) instanceof List<?> list) {
      for (Object each : list) {
        inputs.add(of(each));
      }
    } else if (fields.get(name) != null) {
      throw Refused.invalid(name + " isn't a list.");
    }
    return inputs;
  }

  List<String> texts(String name) {
    return fields.get(name) instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }

  Map<?, ?> map(String name) throws Refused {
    return switch (fields.get(name)) {
      case null -> Map.of();
      case Map<?, ?> map -> map;
      default -> throw Refused.invalid(name + " isn't an object.");
    };
  }
}
