package valence.tools.solo;

import static valence.api.Valence.kw;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.wire.Fields;

/// What a system was told to start with, as kept in `config.edn` of its folder: a map of names to
/// texts. Its owner alone may read it, since an address may hold a password.
///
/// @param texts of what was set; what isn't there has its standard
public record Settings(Map<Setting, String> texts) {
  /// Nothing set.
  public static final Settings NONE = new Settings(Map.of());

  private static final long BYTES_MAX = 1 << 16;

  public Settings {
    Map<Setting, String> copy = new EnumMap<>(Setting.class);
    texts.forEach((setting, text) -> copy.put(setting, setting.checked(text)));
    texts = java.util.Collections.unmodifiableMap(copy);
  }

  /// What is set, or else the standard; empty for neither.
  public String text(Setting setting) {
    return texts.getOrDefault(setting, setting.standard());
  }

  /// What is set, or the standard.
  public Optional<String> given(Setting setting) {
    return Optional.of(text(setting)).filter(text -> !text.isEmpty());
  }

  public Settings with(Setting setting, String text) {
    Map<Setting, String> more = new EnumMap<>(Setting.class);
    more.putAll(texts);
    more.put(setting, text);
    return new Settings(more);
  }

  public Settings without(Setting setting) {
    Map<Setting, String> fewer = new EnumMap<>(Setting.class);
    fewer.putAll(texts);
    fewer.remove(setting);
    return new Settings(fewer);
  }

  /// Where the node is to listen.
  public Listening listening() {
    List<String> protection = new ArrayList<>();
    flag(protection, Setting.HTTP_ACCESS);
    flag(protection, Setting.TLS_CERTIFICATE);
    flag(protection, Setting.TLS_KEY);
    for (Setting watching : List.of(
        Setting.LOG,
        Setting.LOG_ALERTS,
        Setting.ALERTS_URL,
        Setting.TRACES_URL,
        Setting.TRACES_RATE)) {
      if (texts.containsKey(watching)) {
        flag(protection, watching);
      }
    }
    return new Listening(
        text(Setting.HOST),
        Integer.parseInt(text(Setting.API_PORT)),
        Integer.parseInt(text(Setting.HTTP_PORT)),
        protection);
  }

  /// Where the facts are, and what memory may be taken for them.
  public Stored stored() {
    List<String> caching = new ArrayList<>();
    flag(caching, Setting.CACHE_DIR);
    flag(caching, Setting.CACHE_BYTES);
    flag(caching, Setting.SHARED_CACHE_DIR);
    return new Stored(
        given(Setting.STORAGE).orElse(null),
        given(Setting.KEY_FILE).map(Path::of).orElse(null),
        caching,
        given(Setting.HEAP).map(heap -> List.of("-Xmx" + heap)).orElse(List.of()));
  }

  private void flag(List<String> arguments, Setting setting) {
    given(setting).ifPresent(text -> arguments.addAll(List.of("--" + setting.word(), text)));
  }

  /// Those of a file; none without it.
  static Settings read(Path file) {
    try {
      if (Files.size(file) > BYTES_MAX) {
        throw new IOException("it is longer than " + BYTES_MAX + " bytes");
      }
      Fields fields = Fields.of(file.toString(), Edn.read(Files.readString(file)));
      fields.only(Setting.words().toArray(String[]::new));
      Map<Setting, String> texts = new EnumMap<>(Setting.class);
      for (Setting setting : Setting.values()) {
        if (fields.contains(setting.word())) {
          texts.put(setting, fields.text(setting.word()));
        }
      }
      return new Settings(texts);
    } catch (NoSuchFileException e) {
      return NONE;
    } catch (IOException e) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              file + " can't be read: " + e.getMessage() + ".",
              "Check the folder.")
          .toException(e);
    } catch (AnomalyException e) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              file + " is damaged: " + e.anomaly().message(),
              "Mend it, or delete it to start with the standards.")
          .toException(e);
    }
  }

  /// Puts them in place of a file, whole or not at all.
  void write(Path file) {
    Map<Object, Object> map = new LinkedHashMap<>();
    texts.forEach((setting, text) -> map.put(kw(setting.word()), text));
    Path made = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.deleteIfExists(made);
      Files.createFile(made);
      if (Files.getFileStore(made).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
      }
      Files.write(made, (Edn.print(map) + "\n").getBytes(StandardCharsets.UTF_8));
      Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              file + " can't be written: " + e + ".",
              "Check the folder.")
          .toException(e);
    }
  }
}
