package valence.tools.solo;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import valence.api.Anomaly;

/// Something that a system starts with.
public enum Setting {
  HOST("host", "127.0.0.1", Kind.TEXT, "the address to listen on"),
  API_PORT("api-port", "8182", Kind.PORT, "for commands and clients; 0 for any that is free"),
  HTTP_PORT("http-port", "8184", Kind.PORT, "for the application; 0 for any that is free"),
  HTTP_ACCESS("http-access", "signed", Kind.WHO, "whose requests the application takes"),
  TLS_CERTIFICATE("tls-certificate", "", Kind.FILE, "a certificate, in PEM or PKCS #12"),
  TLS_KEY("tls-key", "", Kind.FILE, "its private key, in PEM"),
  STORAGE("storage", "", Kind.PLACE, "where the facts are; else the system's folder"),
  KEY_FILE("key-file", "", Kind.FILE, "encrypts the facts at rest"),
  HEAP("heap", "", Kind.MEMORY, "memory of the node, such as 2g; else a quarter of the machine's"),
  CACHE_DIR("cache-dir", "", Kind.FILE, "copies of segments on this machine's disk"),
  CACHE_BYTES("cache-bytes", "", Kind.BYTES, "what those may take; else 10 GiB"),
  SHARED_CACHE_DIR("shared-cache-dir", "", Kind.FILE, "copies where several nodes find them"),
  LOG("log", "text", Kind.LOG, "how lines of the log are written"),
  LOG_ALERTS("log-alerts", "warn", Kind.ALERTS, "what the application logs that is an alert"),
  ALERTS_URL("alerts-url", "", Kind.URL, "where alerts are posted"),
  TRACES_URL("traces-url", "", Kind.URL, "a collector of traces, OTLP over HTTP"),
  TRACES_RATE("traces-rate", "", Kind.RATE, "which part of the traces is kept; else all");

  /// What a setting's text has to be.
  private enum Kind {
    TEXT(".+", "a host's name or address"),
    PORT("\\d{1,4}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5]", "0 to 65535"),
    WHO("signed|public", "signed or public"),
    FILE(".+", "a path"),
    PLACE(".+", "a directory, or jdbc:postgresql://host/database"),
    MEMORY("[1-9]\\d{0,8}[kmgKMG]", "a number and k, m or g, such as 2g"),
    LOG("text|json", "text or json"),
    ALERTS("warn|error|off", "warn, error or off"),
    URL("https?://[^/\\s]+.*", "an address such as http://127.0.0.1:4318"),
    RATE("0|1|0?\\.\\d{1,9}|1\\.0", "a number from 0 to 1"),
    BYTES("[1-9]\\d{0,17}", "a number of bytes");

    private final Pattern form;
    private final String words;

    Kind(String form, String words) {
      this.form = Pattern.compile(form);
      this.words = words;
    }
  }

  private final String word;
  private final String standard;
  private final Kind kind;
  private final String meaning;

  Setting(String word, String standard, Kind kind, String meaning) {
    this.word = word;
    this.standard = standard;
    this.kind = kind;
    this.meaning = meaning;
  }

  /// Its name, as a flag without the dashes.
  public String word() {
    return word;
  }

  /// What holds when nothing is set; empty for nothing.
  public String standard() {
    return standard;
  }

  public String meaning() {
    return meaning;
  }

  public boolean isFile() {
    return kind == Kind.FILE;
  }

  public static Optional<Setting> of(String word) {
    return Arrays.stream(values()).filter(each -> each.word.equals(word)).findFirst();
  }

  public static List<String> words() {
    return Arrays.stream(values()).map(Setting::word).toList();
  }

  /// The text itself; `incorrect` when it can't be a value of this setting.
  public String checked(String text) {
    if (!kind.form.matcher(text).matches()) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "\"" + text + "\" can't be " + word + ".",
              "Expected " + kind.words + ".")
          .toException();
    }
    return text;
  }
}
