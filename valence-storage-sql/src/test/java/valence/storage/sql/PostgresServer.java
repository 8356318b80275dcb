package valence.storage.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// A PostgreSQL of this test's own: data in a temporary directory, fsync on, a free port of the
/// loopback, passwords checked.
///
/// Where no PostgreSQL is installed the test is skipped, and says so, in continuous integration as
/// well: a machine without it can't tell more. One that is installed and doesn't start is a
/// failure. PostgreSQL refuses to run as root, so there it runs as `postgres` or `nobody`.
final class PostgresServer implements AutoCloseable {
  static final String USER = "valence";
  static final String PASSWORD = "secret-4711";

  private static final long START_SECONDS = 60;
  private static final AtomicInteger SCHEMA = new AtomicInteger();

  private final Path binaries;
  private final Path directory;
  private final int port;
  private Process process;

  private PostgresServer(Path binaries, Path directory, int port) {
    this.binaries = binaries;
    this.directory = directory;
    this.port = port;
  }

  /// A server that runs; the test is skipped when there is none to run.
  static PostgresServer start() throws Exception {
    Optional<Path> binaries = binaries();
    if (binaries.isEmpty()) {
      String reason = "skipped: no PostgreSQL (initdb and postgres) under /usr/lib/postgresql,"
          + " in /usr/local/bin or on the PATH";
      System.out.println(reason);
      Assumptions.abort(reason);
    }
    Path directory = Files.createTempDirectory("valence-postgres");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    PostgresServer server = new PostgresServer(binaries.orElseThrow(), directory, freePort());
    try {
      server.initialise();
      server.run();
    } catch (Throwable e) {
      server.close();
      throw e;
    }
    return server;
  }

  private static Optional<Path> binaries() throws IOException {
    List<Path> candidates = new ArrayList<>();
    Path debian = Path.of("/usr/lib/postgresql");
    if (Files.isDirectory(debian)) {
      try (Stream<Path> versions = Files.list(debian)) {
        versions
            .sorted(Comparator.reverseOrder())
            .map(v -> v.resolve("bin"))
            .forEach(candidates::add);
      }
    }
    candidates.add(Path.of("/usr/local/bin"));
    for (String path : System.getenv().getOrDefault("PATH", "").split(":")) {
      candidates.add(Path.of(path));
    }
    return candidates.stream()
        .filter(path -> Files.isExecutable(path.resolve("initdb")))
        .filter(path -> Files.isExecutable(path.resolve("postgres")))
        .findFirst();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void initialise() throws IOException, InterruptedException {
    Path data = Files.createDirectory(directory.resolve("data"));
    Path password = Files.writeString(directory.resolve("password"), PASSWORD);
    if (isRoot()) {
      var owner =
          directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user());
      Files.setOwner(data, owner);
      Files.setOwner(password, owner);
    }
    Process initdb = process(
        "initdb",
        "-D",
        data.toString(),
        "-U",
        USER,
        "-A",
        "scram-sha-256",
        "--pwfile=" + password,
        "-E",
        "UTF8",
        "--locale=C");
    if (initdb.waitFor() != 0) {
      throw new IllegalStateException("initdb failed: " + log());
    }
  }

  /// Starts the server again after [#kill].
  void run() throws Exception {
    process = process(
        "postgres",
        "-D",
        directory.resolve("data").toString(),
        "-p",
        "" + port,
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "unix_socket_directories=",
        "-c",
        "fsync=on",
        "-c",
        "synchronous_commit=off"); // what a session of ours must not leave so
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (true) {
      try (Connection _ = connect()) {
        return;
      } catch (SQLException e) {
        if (process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
          throw new IllegalStateException("PostgreSQL didn't start: " + log(), e);
        }
      }
    }
  }

  /// Ends every process of the server at once, as SIGKILL does.
  void kill() {
    List<ProcessHandle> all = new ArrayList<>(List.of(process.toHandle()));
    process.descendants().forEach(all::add);
    all.forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
    all.forEach(handle -> handle.onExit().join());
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/postgres", USER, PASSWORD);
  }

  /// The address of a new, empty schema.
  String newAddress() throws SQLException {
    String schema = "test" + SCHEMA.incrementAndGet();
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA " + schema);
    }
    return address("postgres") + "?currentSchema=" + schema;
  }

  String address(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  /// What the server and its tools have said.
  String log() throws IOException {
    Path log = directory.resolve("log");
    return Files.exists(log) ? Files.readString(log) : "";
  }

  /// Every file of the server's data.
  List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("data"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  @Override
  public void close() throws IOException {
    if (process != null) {
      kill();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(PostgresServer::delete);
    }
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process process(String binary, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("setpriv", "--reuid=" + user(), "--clear-groups"));
    }
    command.add(binaries.resolve(binary).toString());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(
            ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
        .start();
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static String user() throws IOException {
    return Files.readString(Path.of("/etc/passwd"), StandardCharsets.ISO_8859_1)
            .lines()
            .anyMatch(line -> line.startsWith("postgres:"))
        ? "postgres"
        : "nobody";
  }
}
