package valence.ion;

import static java.util.Objects.requireNonNull;

import clojure.lang.Keyword;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;

/// Which code runs here: application, compute group and revision.
public record AppInfo(String appName, String group, String revision) {
  /// Names the system property that stands in for the node elsewhere: an EDN map such as
  /// `{:app-name "inventory" :group "dev" :revision "local"}`.
  public static final String PROPERTY = "valence.app-info";

  /// Names the environment variable that stands in for the node where [#PROPERTY] isn't set.
  public static final String VARIABLE = "VALENCE_APP_INFO";

  public AppInfo {
    requireNonNull(appName, "appName");
    requireNonNull(group, "group");
    requireNonNull(revision, "revision");
  }

  /// About the code that calls: from the node that hosts it, else from [#PROPERTY] or [#VARIABLE];
  /// `incorrect` when there is none of the three.
  public static AppInfo current() {
    return find().orElseThrow(AppInfo::unknown);
  }

  /// [#current] as a map: `{:app-name … :deployment-group … :revision …}`.
  public static Map<Keyword, Object> map() {
    return current().toMap();
  }

  static Optional<AppInfo> find() {
    return Hosting.surroundings().flatMap(node -> node.appInfo()).or(AppInfo::fromOutside);
  }

  /// `{:app-name … :deployment-group … :revision …}`.
  public Map<Keyword, Object> toMap() {
    return Map.of(
        Keyword.intern("app-name"), appName,
        Keyword.intern("deployment-group"), group,
        Keyword.intern("revision"), revision);
  }

  private static Optional<AppInfo> fromOutside() {
    String text = System.getProperty(PROPERTY, System.getenv(VARIABLE));
    return text == null ? Optional.empty() : Optional.of(of(Edn.read(text)));
  }

  private static AppInfo of(@Nullable Object value) {
    if (value instanceof Map<?, ?> map
        && map.get(Keyword.intern("app-name")) instanceof String appName
        && group(map) instanceof String group
        && map.get(Keyword.intern("revision")) instanceof String revision) {
      return new AppInfo(appName, group, revision);
    }
    throw Anomaly.incorrect(
            "ion.error/app-info",
            PROPERTY + " (or " + VARIABLE + ") is " + Edn.print(value) + ".",
            "Expected a map such as {:app-name \"shop\" :group \"dev\" :revision \"local\"}.")
        .toException();
  }

  private static @Nullable Object group(Map<?, ?> map) {
    Object group = map.get(Keyword.intern("group"));
    return group == null ? map.get(Keyword.intern("deployment-group")) : group;
  }

  private static AnomalyException unknown() {
    return Anomaly.incorrect(
            "ion.error/app-info",
            "This code doesn't run on a node, and nothing says what it would be there.",
            "Set " + VARIABLE + " to {:app-name \"shop\" :group \"dev\" :revision \"local\"}.")
        .toException();
  }
}
