package valence.wire.ion;

import clojure.lang.Keyword;
import java.util.Map;
import valence.wire.Fields;

/// A text of the configuration that may be a parameter's: `:path "…"`, `:path-param "uploads-dir"`,
/// or both, the first for where there is no such parameter.
///
/// @param text  empty when it isn't given
/// @param param the parameter's name; empty when none is
public record Setting(String text, String param) {
  public static final Setting NONE = new Setting("", "");

  private static final int PARAM_CHARACTERS_MAX = 256;

  static Setting of(Fields fields, String key) {
    Setting setting = optional(fields, key);
    if (setting.equals(NONE)) {
      throw fields.wrong(key, "a string, or the name of a parameter under :" + key + "-param");
    }
    return setting;
  }

  static Setting optional(Fields fields, String key) {
    String param = fields.text(key + "-param", "");
    if (param.length() > PARAM_CHARACTERS_MAX) {
      throw fields.wrong(key + "-param", "at most " + PARAM_CHARACTERS_MAX + " characters");
    }
    return new Setting(fields.text(key, ""), param);
  }

  /// One that is never in the configuration itself, such as a secret.
  static Setting secret(Fields fields, String key) {
    return new Setting("", fields.text(key + "-param", ""));
  }

  void put(Map<Keyword, Object> map, String key) {
    if (!text.isEmpty()) {
      map.put(Keyword.intern(key), text);
    }
    if (!param.isEmpty()) {
      map.put(Keyword.intern(key + "-param"), param);
    }
  }
}
