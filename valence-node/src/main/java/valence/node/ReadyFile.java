package valence.node;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import valence.api.Anomaly;
import valence.edn.Edn;

/// The file that tells who started a node that it serves, and where: `{:pid 4711 :host "127.0.0.1"
/// :scheme "http" :api-port 8182 :http-port 8184 :system "dev" :group "solo"}`.
final class ReadyFile {
  private ReadyFile() {}

  /// Writes it, whole or not at all.
  static void write(Path file, NodeConfig config, Node node) {
    Map<Keyword, Object> ready = new LinkedHashMap<>();
    ready.put(kw("pid"), ProcessHandle.current().pid());
    ready.put(kw("host"), config.host());
    ready.put(kw("scheme"), config.protection().tls().isOn() ? "https" : "http");
    if (config.protection().tls().isOn()) {
      ready.put(kw("fingerprint"), config.protection().tls().identity().fingerprint());
    }
    ready.put(kw("api-port"), (long) node.apiPort());
    ready.put(kw("http-port"), (long) node.httpPort());
    ready.put(kw("system"), config.system());
    ready.put(kw("group"), config.group());
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.writeString(part, Edn.print(ready) + "\n");
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "The ready file " + file + " can't be written: " + e + ".",
              "Check its directory and permissions.")
          .toException(e);
    }
  }
}
