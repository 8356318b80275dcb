package valence.wire.ion;

import clojure.lang.Keyword;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.wire.Fields;

/// What a push made: one state of an application, as `register-revision` is given it.
///
/// @param rev       a commit's SHA, or `unreproducible/<name>`
/// @param pushedBy  who pushed, for people; may be empty
/// @param artifacts the class path, in its order
public record Revision(
    String appName, String rev, String pushedBy, IonConfig config, List<Artifact> artifacts) {
  public static final int ARTIFACT_COUNT_MAX = 5_000;
  public static final String UNREPRODUCIBLE = "unreproducible/";

  private static final Pattern NAME =
      Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}|" + UNREPRODUCIBLE + "[A-Za-z0-9._-]{1,100}");

  public Revision {
    artifacts = List.copyOf(artifacts);
  }

  /// The revision in a map; `incorrect`, naming the key, where something is wrong in it.
  public static Revision of(@Nullable Object value) {
    Fields fields = Fields.of("The revision", value);
    fields.only("app-name", "rev", "pushed-by", "config", "artifacts");
    String appName = Names.application(fields, "app-name");
    IonConfig config = IonConfig.of(fields.required("config"));
    if (!config.appName().equals(appName)) {
      throw Anomaly.incorrect(
              "ion.error/invalid-config",
              "The revision is of application " + appName + ", its ion-config.edn of "
                  + config.appName() + ".",
              "Expected one name in both.")
          .toException();
    }
    return new Revision(
        appName, name(fields, "rev"), fields.text("pushed-by", ""), config, artifacts(fields));
  }

  /// The name of a revision under a key: a commit's SHA, or `unreproducible/<name>`.
  public static String name(Fields fields, String key) {
    String name = fields.text(key);
    if (!NAME.matcher(name).matches()) {
      throw fields.wrong(key, "the SHA of a commit in full, or " + UNREPRODUCIBLE + " and a name");
    }
    return name;
  }

  /// Whether the name stands for one content for ever.
  public boolean reproducible() {
    return !rev.startsWith(UNREPRODUCIBLE);
  }

  /// The revision as a map that [#of] reads.
  public Map<Keyword, Object> toMap() {
    Map<Keyword, Object> map = new LinkedHashMap<>();
    map.put(Keyword.intern("app-name"), appName);
    map.put(Keyword.intern("rev"), rev);
    map.put(Keyword.intern("pushed-by"), pushedBy);
    map.put(Keyword.intern("config"), config.toMap());
    map.put(Keyword.intern("artifacts"), artifacts.stream().map(Artifact::toMap).toList());
    return map;
  }

  private static List<Artifact> artifacts(Fields fields) {
    fields.required("artifacts");
    List<Object> values = fields.list("artifacts", List.of());
    if (values.isEmpty() || values.size() > ARTIFACT_COUNT_MAX) {
      throw fields.wrong("artifacts", "1 to " + ARTIFACT_COUNT_MAX + " artifacts");
    }
    List<Artifact> artifacts = new ArrayList<>(values.size());
    for (Object value : values) {
      artifacts.add(Artifact.of(Fields.of("The revision's artifact " + artifacts.size(), value)));
    }
    return artifacts;
  }
}
