package valence.node.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.edn.Edn;
import valence.node.http.Tls;
import valence.wire.Fields;
import valence.wire.access.AccessKey;

/// The command that changes principals, keys and the certificate of an access directory:
///
///     valence.node.access.AccessMain create '{:directory "DIR" :name "ann" :grants ["read:shop"]}'
///     … list '{:directory "DIR"}'
///     … rotate '{:directory "DIR" :name "ann" :grace-seconds 3600}'
///     … revoke '{:directory "DIR" :name "ann"}'          or the id of one key
///     … certificate '{:directory "DIR" :hosts ["db.example.org"]}'
///
/// A node that runs sees the change at its next request. Says `{:result …}` or `{:failed "…"}` on
/// standard output; what `create` and `rotate` say holds the secret, this once. Ends with 0, or 1
/// when it failed.
public final class AccessMain {
  private static final int EXIT_FAILED = 1;
  private static final long GRACE_SECONDS_MAX = Duration.ofDays(90).toSeconds();

  private final Fields arguments;
  private final Path directory;
  private final KeysFile file;
  private final Clock clock;

  AccessMain(Map<?, ?> arguments, Clock clock) {
    this.arguments = Fields.of("access", arguments);
    this.directory = Path.of(this.arguments.text("directory")).toAbsolutePath().normalize();
    this.file = new KeysFile(directory);
    this.clock = clock;
  }

  public static void main(String... words) {
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
    try {
      if (words.length != 2 || !(Edn.read(words[1]) instanceof Map<?, ?> arguments)) {
        throw Anomaly.of(Anomaly.Category.INCORRECT, "Expected a deed and a map of arguments.")
            .toException();
      }
      Object result = new AccessMain(arguments, Clock.systemUTC()).run(words[0]);
      out.println(Edn.print(Map.of(kw("result"), result)));
    } catch (AnomalyException e) {
      out.println(Edn.print(Map.of(kw("failed"), e.anomaly().message())));
      System.exit(EXIT_FAILED);
    } catch (RuntimeException | Error defect) { // nobody reads this process's other output
      out.println(Edn.print(Map.of(kw("failed"), "This is a defect of Valence: " + defect)));
      System.exit(EXIT_FAILED);
    }
  }

  Object run(String deed) {
    return switch (deed) {
      case "create" -> create();
      case "list" -> list();
      case "rotate" -> rotate();
      case "revoke" -> revoke();
      case "certificate" -> certificate();
      default ->
        throw Anomaly.of(
                Anomaly.Category.INCORRECT,
                deed + " isn't a deed.",
                "Expected create, list, rotate, revoke or certificate.")
            .toException();
    };
  }

  private Object create() {
    Principal principal = Principal.of(principalForm());
    AccessKey key = AccessKey.random();
    file.change(roster -> roster.create(principal, key, clock.instant()));
    record("create", principal.name() + " " + key.id());
    return secret(principal.name(), key);
  }

  private Map<Keyword, Object> principalForm() {
    Map<Keyword, Object> form = new LinkedHashMap<>();
    for (String each : List.of("name", "grants", "limits")) {
      Object value = arguments.value(each);
      if (value != null) {
        form.put(kw(each), value);
      }
    }
    return form;
  }

  private Object list() {
    Roster roster = file.read().orElse(Roster.EMPTY);
    Instant now = clock.instant();
    List<Object> principals = new ArrayList<>();
    for (Principal principal : roster.principals()) {
      Map<Keyword, Object> map = new LinkedHashMap<>(principal.toMap());
      List<Object> keys = new ArrayList<>();
      for (NodeKey key : roster.keysOf(principal.name())) {
        Map<Keyword, Object> shown = key.shown();
        shown.put(kw("state"), kw(state(key, now)));
        keys.add(shown);
      }
      map.put(kw("keys"), keys);
      principals.add(map);
    }
    return principals;
  }

  private static String state(NodeKey key, Instant now) {
    if (key.isRevoked()) {
      return "revoked";
    }
    return key.validAt(now) ? key.ends().isBefore(Instant.MAX) ? "ending" : "valid" : "ended";
  }

  private Object rotate() {
    String name = arguments.text("name");
    Duration grace =
        Duration.ofSeconds(arguments.number("grace-seconds", 0, GRACE_SECONDS_MAX, 24 * 3_600));
    AccessKey key = AccessKey.random();
    file.change(roster -> roster.rotate(name, key, grace, clock.instant()));
    record("rotate", name + " " + key.id());
    return secret(name, key);
  }

  private Object revoke() {
    String name = arguments.text("name");
    file.change(roster -> roster.revoke(name, clock.instant()));
    record("revoke", name);
    return Map.of(kw("revoked"), name);
  }

  private Object certificate() {
    List<String> hosts =
        arguments.list("hosts", List.of()).stream().map(String::valueOf).toList();
    String fingerprint = Certificates.make(directory, hosts);
    record("certificate", fingerprint);
    Map<Keyword, Object> made = new LinkedHashMap<>();
    made.put(kw("fingerprint"), "sha256:" + fingerprint);
    made.put(kw("certificate"), directory.resolve(Certificates.CERTIFICATE).toString());
    return made;
  }

  /// A new key, with the certificate by which a client may trust the node, if there is one here.
  private Map<Keyword, Object> secret(String name, AccessKey key) {
    Map<Keyword, Object> made = new LinkedHashMap<>();
    made.put(kw("name"), name);
    made.put(kw("id"), key.id());
    made.put(kw("secret"), key.secret());
    Path certificate = directory.resolve(Certificates.CERTIFICATE);
    if (Files.exists(certificate)) {
      Tls tls = new Tls.Pem(certificate, directory.resolve(Certificates.KEY));
      made.put(kw("fingerprint"), tls.identity().fingerprint());
    }
    return made;
  }

  private void record(String deed, String subject) {
    try (AuditLog audit = new AuditLog(directory, clock)) {
      audit.command(System.getProperty("user.name", "?"), deed, subject);
    } catch (IOException e) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE,
              "It is done, but the audit log wasn't closed: " + e + ".")
          .toException(e);
    }
  }
}
