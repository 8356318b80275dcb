package valence.node.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import valence.api.Anomaly;
import valence.node.http.Exchange;
import valence.wire.access.Action;
import valence.wire.access.Signature;

/// Who did what, when, from where, and with what outcome: JSON lines in `audit.log` of the access
/// directory, only ever appended to. Safe for many threads.
///
/// Written down are all changes and all refusals. Reads and calls that were allowed aren't: their
/// number would drive what matters out of the files, of which [#FILE_COUNT_MAX] of
/// [#FILE_BYTES_MAX] bytes are kept. For the same reason strangers get at most
/// [#STRANGER_LINES_MAX] lines a second; the next line that they get says how many were left out.
/// No line holds a secret, a body or a value.
public final class AuditLog implements AutoCloseable {
  static final long FILE_BYTES_MAX = 16 << 20;
  static final int FILE_COUNT_MAX = 32;
  static final int STRANGER_LINES_MAX = 20;

  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
  private static final String NAME = "audit.log";
  private static final int TEXT_CHARS_MAX = 200;
  private static final DateTimeFormatter SUFFIX =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

  private final Path directory;
  private final Clock clock;
  private final long fileBytesMax;
  private @Nullable FileChannel file; // guarded by this, like what follows
  private long strangerSecond;
  private int strangerLines;
  private long omitted;

  public AuditLog(Path directory, Clock clock) {
    this(directory, clock, FILE_BYTES_MAX);
  }

  AuditLog(Path directory, Clock clock, long fileBytesMax) {
    this.directory = directory;
    this.clock = clock;
    this.fileBytesMax = fileBytesMax;
  }

  /// A request of somebody known.
  void request(Exchange exchange, Admission admission, int status, @Nullable Anomaly refusal) {
    boolean quiet = admission.rule().anyOf().stream()
        .allMatch(action -> action == Action.READ || action == Action.CALL);
    if (quiet && refusal == null && status != 401) {
      return;
    }
    var line = new Line(clock.instant())
        .with("principal", admission.caller().name())
        .with("key", admission.caller().keyId())
        .with("from", exchange.remoteAddress())
        .with("what", exchange.method() + " " + exchange.path())
        .with("databases", admission.databases())
        .with("request", exchange.requestId())
        .with("status", status)
        .with("outcome", outcome(status, refusal != null));
    if (refusal != null) {
      line.with("why", refusal.message());
    }
    write(line);
  }

  private static String outcome(int status, boolean refused) {
    if (refused || status == 401 || status == 403) {
      return "refused"; // be it in the middle of an answer that lasted
    }
    return status < 400 ? "done" : "failed";
  }

  /// A request of who didn't prove who he is.
  synchronized void stranger(Exchange exchange, int status) {
    long second = clock.millis() / 1_000;
    if (second != strangerSecond) {
      strangerSecond = second;
      strangerLines = 0;
    }
    if (strangerLines++ >= STRANGER_LINES_MAX) {
      omitted++;
      return;
    }
    var line = new Line(clock.instant())
        .with("from", exchange.remoteAddress())
        .with("what", exchange.method() + " " + exchange.path())
        .with("request", exchange.requestId())
        .with("status", status)
        .with("outcome", "refused");
    exchange
        .header(Signature.HEADER)
        .flatMap(Signature::parse)
        .ifPresent(signature -> line.with("claims-key", signature.keyId()));
    if (omitted > 0) {
      line.with("omitted", omitted);
      omitted = 0;
    }
    write(line);
  }

  /// A change of principals or keys by a command of this machine.
  void command(String user, String deed, String subject) {
    write(new Line(clock.instant())
        .with("principal", "os:" + user)
        .with("from", "command line")
        .with("what", "access " + deed + " " + subject)
        .with("outcome", "done"));
  }

  private synchronized void write(Line line) {
    try {
      FileChannel open = file;
      if (open == null) {
        OwnerFile.makeDirectory(directory);
        open = OwnerFile.append(directory.resolve(NAME));
      }
      file = open;
      ByteBuffer bytes = ByteBuffer.wrap(line.text().getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        open.write(bytes);
      }
      if (open.size() >= fileBytesMax) {
        rotate(open);
      }
    } catch (IOException e) {
      // The request was answered already; who runs the node has to see that its record is missing.
      LOG.error("audit-not-written line={}", line.text().strip(), e);
    }
  }

  private void rotate(FileChannel full) throws IOException {
    full.close();
    file = null;
    Path to = directory.resolve("audit-" + SUFFIX.format(clock.instant()) + ".log");
    if (Files.exists(to)) {
      return; // twice within a millisecond: it goes on growing until the next line
    }
    Files.move(directory.resolve(NAME), to);
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> old = files
          .filter(each -> each.getFileName().toString().matches("audit-[0-9-]+\\.log"))
          .sorted()
          .toList();
      for (Path each : old.subList(0, Math.max(0, old.size() - FILE_COUNT_MAX + 1))) {
        Files.delete(each);
      }
    }
  }

  @Override
  public synchronized void close() throws IOException {
    FileChannel open = file;
    file = null;
    if (open != null) {
      open.close();
    }
  }

  /// One line, in JSON.
  private static final class Line {
    private final StringBuilder text = new StringBuilder("{");

    Line(Instant at) {
      with("at", at.toString());
    }

    Line with(String name, String value) {
      return field(name, quoted(value));
    }

    Line with(String name, long value) {
      return field(name, Long.toString(value));
    }

    Line with(String name, List<String> values) {
      return values.isEmpty()
          ? this
          : field(
              name,
              values.stream()
                  .limit(TEXT_CHARS_MAX)
                  .map(Line::quoted)
                  .collect(Collectors.joining(",", "[", "]")));
    }

    String text() {
      return text + "}\n";
    }

    private Line field(String name, String json) {
      text.append(text.length() == 1 ? "" : ",")
          .append(quoted(name))
          .append(':')
          .append(json);
      return this;
    }

    /// Cut where it is long, and in ASCII, as what others sent is in it.
    private static String quoted(String value) {
      StringBuilder quoted = new StringBuilder("\"");
      value.chars().limit(TEXT_CHARS_MAX).forEach(c -> {
        if (c < ' ' || c > '~') {
          quoted.append(String.format("\\u%04x", c));
        } else {
          quoted.append(c == '"' || c == '\\' ? "\\" : "").append((char) c);
        }
      });
      return quoted.append('"').toString();
    }
  }
}
