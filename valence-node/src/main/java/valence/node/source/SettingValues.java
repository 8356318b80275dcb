package valence.node.source;

import java.util.Optional;
import valence.api.Anomaly;
import valence.wire.ion.Setting;

/// Where sources find what isn't in their configuration: paths, addresses, secrets.
@FunctionalInterface
public interface SettingValues {
  /// The value of a parameter, asked for each time that it is needed, so that a change has effect;
  /// empty when there is none of the name.
  Optional<String> value(String name);

  /// SettingValues of the process's environment: that of `github-secret` is
  /// `VALENCE_PARAM_GITHUB_SECRET`.
  static SettingValues environment() {
    return name -> Optional.ofNullable(System.getenv(variable(name)));
  }

  private static String variable(String name) {
    String word = name.replaceAll("^/|[^A-Za-z0-9]", "_").toUpperCase(java.util.Locale.ROOT);
    return "VALENCE_PARAM" + (word.startsWith("_") ? "" : "_") + word;
  }

  /// What a setting says; `unavailable` when it says nothing.
  default String required(String source, Setting setting) {
    return optional(setting)
        .orElseThrow(() -> Anomaly.of(
                Anomaly.Category.UNAVAILABLE,
                "The source " + source + " needs the parameter " + setting.param()
                    + ", and there is none.",
                "Set the parameter, or " + variable(setting.param())
                    + " of the node's environment.")
            .withError("ion.error/no-parameter")
            .toException());
  }

  /// What a setting says: the parameter, or else the text of the configuration.
  default Optional<String> optional(Setting setting) {
    Optional<String> given = setting.param().isEmpty() ? Optional.empty() : value(setting.param());
    return given.or(
        () -> setting.text().isEmpty() ? Optional.empty() : Optional.of(setting.text()));
  }
}
