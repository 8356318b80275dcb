package valence.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/// The files of the console by their paths below `/console/`: the page itself at the empty path,
/// and what it loads at `assets/<version>/<name>`. Never changes.
public final class ConsoleFiles {
  /// What may run and be loaded: the console's own files, and no markup made of text.
  public static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'";

  private static final String PAGE = "index.html";

  static final List<String> NAMES = List.of(
      PAGE,
      "api.js",
      "complete.js",
      "console.css",
      "databases.js",
      "diagram.js",
      "dom.js",
      "editor.js",
      "edn.js",
      "entity.js",
      "explain.js",
      "goto.js",
      "icon.svg",
      "log.js",
      "main.js",
      "query.js",
      "router.js",
      "schema.js",
      "schemapage.js",
      "sign.js",
      "signin.js",
      "system.js",
      "table.js",
      "timepicker.js",
      "tokens.js",
      "transactions.js",
      "values.js");

  private static final int TAG_CHARS = 20;

  private final Map<String, ConsoleFile> byPath = new HashMap<>();

  private ConsoleFiles(Map<String, byte[]> contents) {
    MessageDigest all = sha256();
    contents.forEach((name, content) -> {
      all.update(name.getBytes(UTF_8));
      all.update(content);
    });
    String version = tag(all.digest());
    contents.forEach((name, content) -> {
      if (name.equals(PAGE)) {
        String page = new String(content, UTF_8).replace("VERSION", version);
        byPath.put("", file(name, page.getBytes(UTF_8), false));
      } else {
        byPath.put("assets/" + version + "/" + name, file(name, content, true));
      }
    });
  }

  /// Reads the files out of this module.
  public static ConsoleFiles load() {
    Map<String, byte[]> contents = new TreeMap<>();
    for (String name : NAMES) {
      try (InputStream in = ConsoleFiles.class.getResourceAsStream("files/" + name)) {
        if (in == null) {
          throw new AssertionError(name + " is part of the module");
        }
        contents.put(name, in.readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new ConsoleFiles(contents);
  }

  /// The file at a path below `/console/`.
  public Optional<ConsoleFile> find(String path) {
    return Optional.ofNullable(byPath.get(path));
  }

  private static ConsoleFile file(String name, byte[] content, boolean lasting) {
    return new ConsoleFile(
        mediaType(name), content, gzip(content), tag(sha256().digest(content)), lasting);
  }

  private static String mediaType(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "html" -> "text/html; charset=utf-8";
      case "css" -> "text/css; charset=utf-8";
      case "js" -> "text/javascript; charset=utf-8";
      case "svg" -> "image/svg+xml";
      default -> throw new AssertionError(name + " has an ending without a media type");
    };
  }

  private static byte[] gzip(byte[] content) {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static String tag(byte[] digest) {
    return HexFormat.of().formatHex(digest).substring(0, TAG_CHARS);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("each JDK has SHA-256", e);
    }
  }
}
