package valence.tools.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static valence.api.Valence.kw;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import valence.client.NodeClient;
import valence.wire.ion.IonConfig;

/// Revisions of [DeployedCode], and calls of what is deployed, without building anything.
record DeployedRevision(CommandLineSession session) {
  private static final String CLASS = "valence/tools/cli/DeployedCode.class";
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final int BYTES_MAX = 1 << 20;

  static String sha(int version) {
    return "%040x".formatted(version);
  }

  private NodeClient node() {
    return NodeClient.connect(session.system().running().orElseThrow().api());
  }

  /// Registers a revision, as a push would.
  ///
  /// @param files that are in it beside the code, by name
  void push(int version, String config, Map<String, String> files) throws Exception {
    Path jar = session.folder().resolve("v" + version + ".jar");
    try (OutputStream file = Files.newOutputStream(jar);
        var out = new JarOutputStream(file);
        InputStream code = DeployedRevision.class.getClassLoader().getResourceAsStream(CLASS)) {
      out.putNextEntry(new ZipEntry(CLASS));
      code.transferTo(out);
      out.putNextEntry(new ZipEntry("version"));
      out.write(version);
      for (Map.Entry<String, String> each : files.entrySet()) {
        out.putNextEntry(new ZipEntry(each.getKey()));
        new ByteArrayInputStream(each.getValue().getBytes(UTF_8)).transferTo(out);
      }
    }
    String id = HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar)));
    try (NodeClient node = node()) {
      node.putArtifact(id, jar);
      node.call(
          "register-revision",
          Map.of(
              kw("app-name"),
              "shop",
              kw("rev"),
              sha(version),
              kw("pushed-by"),
              "tester",
              kw("config"),
              IonConfig.parse(config).toMap(),
              kw("artifacts"),
              List.of(Map.of(
                  kw("id"),
                  id,
                  kw("name"),
                  jar.getFileName().toString(),
                  kw("size"),
                  Files.size(jar),
                  kw("kind"),
                  kw("application")))));
    }
  }

  /// Calls a Lambda function.
  void invoke(String function, String payload) {
    post("/2015-03-31/functions/" + function + "/invocations", Map.of(), payload);
  }

  /// Sends a message to a queue.
  void send(String queue, String body) {
    post(
        "/",
        Map.of(
            "content-type", "application/x-amz-json-1.0", "x-amz-target", "AmazonSQS.SendMessage"),
        "{\"QueueUrl\":\"" + queue + "\",\"MessageBody\":\"" + body + "\"}");
  }

  private void post(String path, Map<String, String> headers, String body) {
    try (NodeClient node = node()) {
      NodeClient.Response answer =
          node.send("POST", path, headers, body.getBytes(UTF_8), TIMEOUT, BYTES_MAX);
      assertThat(answer.status()).as(new String(answer.body(), UTF_8)).isEqualTo(200);
    }
  }
}
