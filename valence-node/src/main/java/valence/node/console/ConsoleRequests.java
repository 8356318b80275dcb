package valence.node.console;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import valence.console.ConsoleFile;
import valence.console.ConsoleFiles;
import valence.node.http.Endpoint;
import valence.node.http.Exchange;
import valence.node.http.Reply;

/// `GET /console/…`: the files of the web console.
public final class ConsoleRequests implements Endpoint {
  private static final String ROOT = "/console";
  private static final String FOLDER = ROOT + "/";

  /// Half a year, in seconds: a lasting path never leads to anything else.
  private static final String LASTING = "public, max-age=15552000, immutable";

  /// Read when first asked for: a node that no browser looks at starts without.
  private static final class Loaded {
    static final ConsoleFiles FILES = ConsoleFiles.load();
  }

  public static boolean concerns(Exchange exchange) {
    return exchange.path().equals(ROOT) || exchange.path().startsWith(FOLDER);
  }

  @Override
  public Reply answer(Exchange exchange) {
    if (!exchange.method().equals("GET") && !exchange.method().equals("HEAD")) {
      return Reply.text(405, "Expected GET.\n").withHeader("allow", "GET, HEAD");
    }
    if (exchange.path().equals(ROOT)) {
      return Reply.empty(308).withHeader("location", FOLDER);
    }
    Optional<ConsoleFile> file = Loaded.FILES.find(exchange.path().substring(FOLDER.length()));
    return file.map(found -> answer(exchange, found))
        .orElseGet(() -> Reply.text(404, "There is no such file of the console.\n"));
  }

  private static Reply answer(Exchange exchange, ConsoleFile file) {
    boolean compressed = exchange
        .header("accept-encoding")
        .map(accepted -> accepted.contains("gzip"))
        .orElse(false);
    String tag = '"' + file.tag() + (compressed ? "-gzip\"" : "\"");
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("content-type", file.mediaType());
    headers.put("etag", tag);
    headers.put("cache-control", file.lasting() ? LASTING : "no-cache");
    headers.put("vary", "accept-encoding");
    headers.put("content-security-policy", ConsoleFiles.CONTENT_SECURITY_POLICY);
    headers.put("x-content-type-options", "nosniff");
    headers.put("referrer-policy", "no-referrer");
    headers.put("cross-origin-opener-policy", "same-origin");
    headers.put("cross-origin-resource-policy", "same-origin");
    if (exchange.header("if-none-match").map(known -> known.contains(tag)).orElse(false)) {
      return new Reply(304, headers, new byte[0]);
    }
    if (compressed) {
      headers.put("content-encoding", "gzip");
    }
    return new Reply(200, headers, compressed ? file.compressed() : file.content());
  }
}
