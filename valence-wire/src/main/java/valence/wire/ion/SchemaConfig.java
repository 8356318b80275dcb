package valence.wire.ion;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import valence.api.AnomalyException;
import valence.wire.Fields;

/// The schema that a revision carries, under `:schema`: for each database the resources of its
/// class path whose tx-data it needs there, as EDN.
///
/// @param resources by database, in the order in which they are said
public record SchemaConfig(Map<String, List<String>> resources) {
  /// How many databases and how many resources of each a revision may name.
  public static final int COUNT_MAX = 100;

  private static final Pattern DATABASE = Pattern.compile("[A-Za-z0-9_.-]{1,128}");
  private static final Pattern RESOURCE = Pattern.compile("[^/\\\\][^\\\\]{0,499}");

  /// Of an application that brings none.
  public static final SchemaConfig NONE = new SchemaConfig(Map.of());

  public SchemaConfig {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    resources.forEach((database, names) -> copy.put(database, List.copyOf(names)));
    resources = Collections.unmodifiableMap(copy);
  }

  static SchemaConfig of(Fields fields, String key) {
    if (!fields.contains(key)) {
      return NONE;
    }
    Map<String, List<String>> resources = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : fields.map(key).entrySet()) {
      if (!(entry.getKey() instanceof String database)
          || !DATABASE.matcher(database).matches()) {
        throw Wrong.key(
            fields, key, entry.getKey(), "the name of a database as a string, such as \"shop\"");
      }
      resources.put(database, names(fields, key, entry.getValue()));
    }
    if (resources.size() > COUNT_MAX) {
      throw fields.wrong(key, "at most " + COUNT_MAX + " databases");
    }
    return new SchemaConfig(resources);
  }

  private static List<String> names(Fields fields, String key, @Nullable Object value) {
    List<?> given =
        value instanceof List<?> list ? list : value == null ? List.of() : List.of(value);
    List<String> names = new ArrayList<>();
    for (Object each : given) {
      if (!(each instanceof String name) || !RESOURCE.matcher(name).matches()) {
        throw wrong(fields, key, each);
      }
      names.add(name);
    }
    if (names.isEmpty() || names.size() > COUNT_MAX) {
      throw wrong(fields, key, value);
    }
    return names;
  }

  private static AnomalyException wrong(Fields fields, String key, @Nullable Object value) {
    return Wrong.key(
        fields,
        key,
        value,
        "the path of a resource, such as \"schema.edn\", without a slash at its begin, or a vector"
            + " of 1 to " + COUNT_MAX + " of them");
  }

  public boolean isEmpty() {
    return resources.isEmpty();
  }

  Map<Object, Object> toMap() {
    return new LinkedHashMap<>(resources);
  }
}
