package valence.tools.cli;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import valence.client.Profile;
import valence.tools.solo.AccessTool;
import valence.tools.solo.SoloSystem;
import valence.tools.terminal.Table;
import valence.tools.terminal.Terminal;
import valence.wire.Fields;

@Command(
    name = "access",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Say who may do what in a system: principals, their grants and access keys.",
      "From the first one on, every request to the node has to be signed."
    },
    footer = {
      "",
      "Example:",
      "  valence access create admin --grant all",
      "  valence access create report --grant read:inventory"
    })
final class AccessCommand implements Runnable {
  private static final long SECONDS_PER_HOUR = 3_600;

  private final Terminal terminal;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  AccessCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  /// How much a principal may ask for at once.
  static final class LimitOptions {
    @Option(
        names = "--max-request-bytes",
        paramLabel = "N",
        description = "Bytes of one request; default: 64 MiB.")
    private Optional<Long> requestBytes = Optional.empty();

    @Option(
        names = "--max-nesting",
        paramLabel = "N",
        description = "Levels of collections in a request; default: 256.")
    private Optional<Long> nesting = Optional.empty();

    @Option(
        names = "--max-running",
        paramLabel = "N",
        description = "Requests worked on at once; default: 24.")
    private Optional<Long> running = Optional.empty();

    @Option(
        names = "--max-waiting",
        paramLabel = "N",
        description = "Requests that wait for those, before the next is told busy; default: 64.")
    private Optional<Long> waiting = Optional.empty();

    Map<Keyword, Object> toMap() {
      Map<Keyword, Object> map = new LinkedHashMap<>();
      requestBytes.ifPresent(value -> map.put(kw("request-bytes"), value));
      nesting.ifPresent(value -> map.put(kw("nesting"), value));
      running.ifPresent(value -> map.put(kw("running"), value));
      waiting.ifPresent(value -> map.put(kw("waiting"), value));
      return map;
    }
  }

  /// Where a new secret is put.
  static final class ProfileOptions {
    @Option(
        names = "--profile",
        paramLabel = "FILE",
        description = "For the new key; default: profiles/NAME.edn in the system's folder.")
    private Optional<Path> file = Optional.empty();

    @Option(
        names = "--endpoint",
        paramLabel = "URI",
        description = "The api address that the profile names; default: that of the running node.")
    private Optional<URI> endpoint = Optional.empty();
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Create a principal with its first access key, and a profile that holds it.",
      footer = {
        "",
        "Example:",
        "  valence access create report --grant read:inventory",
        "",
        "Grants: administer:DB, transact:DB, read:DB, with * for every database;",
        "push, deploy, call; or all."
      })
  int create(
      @Mixin SoloOption system,
      @Parameters(paramLabel = "NAME", description = "A person's or a program's.") String name,
      @Option(
              names = "--grant",
              required = true,
              paramLabel = "GRANT",
              description = "What it may do. May be repeated.")
          List<String> grants,
      @Mixin LimitOptions limits,
      @Mixin ProfileOptions profile) {
    SoloSystem found = system.found();
    Map<Keyword, Object> arguments = named(name);
    arguments.put(kw("grants"), grants);
    arguments.put(kw("limits"), limits.toMap());
    Object made = AccessTool.run(found, "create", arguments);
    Path file = keep(found, name, profile, made);
    terminal.line("Created " + terminal.bold(name) + " with " + String.join(", ", grants) + ".");
    tellKey(made, file);
    return 0;
  }

  @Command(
      name = "rotate",
      mixinStandardHelpOptions = true,
      description = "Give a principal a new key; the old ones end after a while.",
      footer = {"", "Example:", "  valence access rotate report --grace 1"})
  int rotate(
      @Mixin SoloOption system,
      @Parameters(paramLabel = "NAME", description = "The principal's.") String name,
      @Option(
              names = "--grace",
              paramLabel = "HOURS",
              description = "How long the old keys stay valid; default: ${DEFAULT-VALUE}.",
              defaultValue = "24")
          long hours,
      @Mixin ProfileOptions profile) {
    SoloSystem found = system.found();
    Map<Keyword, Object> arguments = named(name);
    arguments.put(kw("grace-seconds"), hours * SECONDS_PER_HOUR);
    Object made = AccessTool.run(found, "rotate", arguments);
    Path file = keep(found, name, profile, made);
    terminal.line("Rotated " + terminal.bold(name) + ": keys from before end in " + hours + " h.");
    tellKey(made, file);
    return 0;
  }

  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      description = "Take a principal away with all its keys, or one key; at once.",
      footer = {"", "Example:", "  valence access revoke report"})
  int revoke(
      @Mixin SoloOption system,
      @Parameters(paramLabel = "NAME|KEY", description = "A principal's name, or a key's id.")
          String name) {
    AccessTool.run(system.found(), "revoke", named(name));
    terminal.line("Revoked " + terminal.bold(name) + ".");
    return 0;
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List principals, what they may do, and their keys.",
      footer = {"", "Example:", "  valence access list"})
  int list(@Mixin SoloOption system, @Mixin Format format) {
    Object principals = AccessTool.run(system.found(), "list", new LinkedHashMap<>());
    format.print(terminal, principals, () -> {
      Table table = new Table(List.of("principal", "grants", "key", "state", "created", "ends"));
      for (Map<?, ?> principal : StorageOption.maps(principals)) {
        List<? extends Map<?, ?>> keys = StorageOption.maps(principal.get(kw("keys")));
        String grants = principal.get(kw("grants")) instanceof List<?> words
            ? String.join(" ", words.stream().map(String::valueOf).toList())
            : "";
        if (keys.isEmpty()) {
          table.row(List.of(principal.get(kw("name")), grants, "", "", "", ""));
        }
        for (Map<?, ?> key : keys) {
          table.row(List.of(
              principal.get(kw("name")),
              grants,
              key.get(kw("id")),
              shown(key.get(kw("state"))),
              shown(key.get(kw("created"))),
              shown(key.get(kw("ends")))));
        }
      }
      table.print(terminal);
    });
    return 0;
  }

  @Command(
      name = "certificate",
      mixinStandardHelpOptions = true,
      description = {
        "Make a certificate for development, signed by itself, in place of one made before. The",
        "system uses it from its next start on; clients trust it by its fingerprint."
      },
      footer = {"", "Example:", "  valence access certificate --host db.example.org"})
  int certificate(
      @Mixin SoloOption system,
      @Option(
              names = "--host",
              paramLabel = "NAME",
              description = "A name or address of the node. May be repeated.")
          @Nullable List<String> hosts) {
    Map<Keyword, Object> arguments = new LinkedHashMap<>();
    arguments.put(kw("hosts"), hosts == null ? List.of() : hosts);
    Fields made =
        Fields.of("The certificate", AccessTool.run(system.found(), "certificate", arguments));
    terminal.line("Made " + made.text("certificate") + ".");
    terminal.line("  trust     " + made.text("fingerprint"));
    return 0;
  }

  private static String shown(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case Keyword keyword -> keyword.getName();
      case java.util.Date instant -> instant.toInstant().toString();
      default -> value.toString();
    };
  }

  private static Map<Keyword, Object> named(String name) {
    Map<Keyword, Object> arguments = new LinkedHashMap<>();
    arguments.put(kw("name"), name);
    return arguments;
  }

  /// Writes the profile that has the new key; of one that is there the rest stays.
  private static Path keep(
      SoloSystem system, String name, ProfileOptions options, @Nullable Object made) {
    Fields key = Fields.of("The new key", made);
    Path file = options.file.orElseGet(() -> system.profile(name));
    Map<Keyword, Object> profile = new LinkedHashMap<>();
    if (Files.exists(file)) {
      profile.putAll(Profile.read(file));
    } else {
      String fingerprint = key.text("fingerprint", "");
      String scheme = fingerprint.isEmpty() ? "http" : "https";
      profile.put(
          kw("endpoint"),
          system
              .running()
              .map(node -> node.api().toString())
              .orElse(scheme + "://127.0.0.1:" + SoloSystem.API_PORT));
      if (!fingerprint.isEmpty()) {
        profile.put(kw("trust"), fingerprint);
      }
    }
    options.endpoint.ifPresent(uri -> profile.put(kw("endpoint"), uri.toString()));
    Map<Keyword, Object> access = new LinkedHashMap<>();
    access.put(kw("id"), key.text("id"));
    access.put(kw("secret"), key.text("secret"));
    profile.put(kw("access-key"), access);
    Profile.write(file, profile);
    return file;
  }

  private void tellKey(@Nullable Object made, Path file) {
    terminal.line("  key       " + Fields.of("The new key", made).text("id"));
    terminal.line("  profile   " + file + ", which has the only copy of its secret");
  }
}
