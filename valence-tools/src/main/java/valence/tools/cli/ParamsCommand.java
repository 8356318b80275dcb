package valence.tools.cli;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
import valence.api.Anomaly;
import valence.client.NodeClient;
import valence.tools.terminal.Table;
import valence.tools.terminal.Terminal;
import valence.wire.EdnBody;

@Command(
    name = "params",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Set what deployed code reads without a deployment: parameters, secrets, its environment.",
      "Of a key, the most specific counts: of the group, of application and environment, of the",
      "application, of the environment, by default."
    },
    footer = {
      "",
      "Examples:",
      "  valence params set mail/host mail.example.org",
      "  valence params set mail/password --secret --env prod",
      "  valence params env set '{:env :staging}'"
    })
final class ParamsCommand implements Runnable {
  private static final String MASK = "(secret)";

  private final Terminal terminal;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  ParamsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  /// For what a key is meant.
  static final class Scope {
    @Option(names = "--group", paramLabel = "NAME", description = "For this group.")
    private String group = "";

    @Option(names = "--app", paramLabel = "NAME", description = "For this application.")
    private String app = "";

    @Option(names = "--env", paramLabel = "NAME", description = "For this environment.")
    private String env = "";

    /// The path of a key; a key that begins with a slash is one.
    String path(String key) {
      if (key.startsWith("/")) {
        return key;
      }
      String scope = !group.isEmpty()
          ? "/group/" + group
          : !app.isEmpty()
              ? (env.isEmpty() ? "" : "/env/" + env) + "/app/" + app
              : env.isEmpty() ? "/default" : "/env/" + env;
      return scope + "/" + key;
    }
  }

  private static final String KEY =
      "Such as mail/host, or a whole path such as /default/mail/host.";

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List parameters; of secrets not the values.",
      footer = {"", "Examples:", "  valence params list", "  valence params list /env/prod"})
  int list(
      @Mixin SystemOption of,
      @Mixin Format as,
      @Parameters(
              paramLabel = "PATH",
              arity = "0..1",
              description = "Those below this; default: all.",
              defaultValue = "/")
          String path) {
    try (NodeClient node = of.connect()) {
      Object parameters = node.call("parameters", Map.of(kw("path"), path));
      as.print(terminal, parameters, () -> {
        Table table = new Table(List.of("parameter", "value"));
        boolean any = false;
        if (parameters instanceof Iterable<?> all) {
          for (Object each : all) {
            if (each instanceof Map<?, ?> parameter) {
              any = true;
              table.row(List.of(DeploymentPage.text(parameter, "path"), shown(parameter)));
            }
          }
        }
        if (any) {
          table.print(terminal);
        } else {
          terminal.line(
              "There is no parameter" + (path.equals("/") ? "." : " below " + path + "."));
        }
      });
      return 0;
    }
  }

  @Command(
      name = "get",
      mixinStandardHelpOptions = true,
      description = "Print the value of a parameter; of a secret only that there is one.",
      footer = {"", "Example:", "  valence params get mail/host --env prod"})
  int get(
      @Mixin SystemOption of,
      @Mixin Format as,
      @Mixin Scope scope,
      @Parameters(paramLabel = "KEY", description = KEY) String key) {
    String path = scope.path(key);
    try (NodeClient node = of.connect()) {
      Object found = node.call("parameters", Map.of(kw("path"), path));
      if (found instanceof Iterable<?> all) {
        for (Object each : all) {
          if (each instanceof Map<?, ?> parameter && path.equals(parameter.get(kw("path")))) {
            as.print(terminal, parameter, () -> terminal.line(shown(parameter)));
            return 0;
          }
        }
      }
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "There is no parameter " + path + ".",
              "`" + of.command("params list") + "` shows those that there are.")
          .toException();
    }
  }

  @Command(
      name = "set",
      mixinStandardHelpOptions = true,
      description = {
        "Give a parameter a value; code sees it with its next call.",
        "The value of a secret is read from the terminal, or else from standard input."
      },
      footer = {
        "",
        "Examples:",
        "  valence params set mail/host mail.example.org --app inventory",
        "  valence params set mail/password --secret < password.txt"
      })
  int set(
      @Mixin SystemOption of,
      @Mixin Scope scope,
      @Parameters(index = "0", paramLabel = "KEY", description = KEY) String key,
      @Parameters(
              index = "1",
              arity = "0..1",
              paramLabel = "VALUE",
              description = "The text, @FILE, or - for standard input.")
          Optional<String> value,
      @Option(names = "--secret", description = "Keep it encrypted, and print it nowhere.")
          boolean secret) {
    if (secret && value.isPresent()) {
      throw new ParameterException(
          spec.commandLine(),
          "A secret isn't given as an argument, which others can see. Leave it out, and type it or"
              + " send it to standard input.");
    }
    if (!secret && value.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "The VALUE is missing.");
    }
    String path = scope.path(key);
    try (NodeClient node = of.connect()) {
      node.call(
          "set-parameter",
          Map.of(
              kw("path"),
              path,
              kw("value"),
              value.map(Argument::text).orElseGet(() -> typed(path)),
              kw("secret"),
              secret,
              kw("asked-by"),
              user()));
      terminal.line("Set " + path + ".");
      return 0;
    }
  }

  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "Remove a parameter; its history stays.",
      footer = {"", "Example:", "  valence params remove mail/host --env prod"})
  int remove(
      @Mixin SystemOption of,
      @Mixin Scope scope,
      @Parameters(paramLabel = "KEY", description = KEY) String key) {
    String path = scope.path(key);
    try (NodeClient node = of.connect()) {
      boolean was = Boolean.TRUE.equals(
          node.call("remove-parameter", Map.of(kw("path"), path, kw("asked-by"), user())));
      terminal.line(was ? "Removed " + path + "." : "There was no parameter " + path + ".");
      return 0;
    }
  }

  @Command(
      name = "history",
      mixinStandardHelpOptions = true,
      description = "Show what a parameter was, newest first, and who set it.",
      footer = {"", "Example:", "  valence params history mail/host"})
  int history(
      @Mixin SystemOption of,
      @Mixin Format as,
      @Mixin Scope scope,
      @Parameters(paramLabel = "KEY", description = KEY) String key) {
    try (NodeClient node = of.connect()) {
      Object history = node.call("parameter-history", Map.of(kw("path"), scope.path(key)));
      as.print(terminal, history, () -> {
        Table table = new Table(List.of("at", "by", "value"));
        if (history instanceof Iterable<?> all) {
          for (Object each : all) {
            if (each instanceof Map<?, ?> change) {
              table.row(List.of(
                  DeploymentPage.text(change, "at"),
                  DeploymentPage.text(change, "by"),
                  Boolean.TRUE.equals(change.get(kw("removed"))) ? "(removed)" : shown(change)));
            }
          }
        }
        table.print(terminal);
      });
      return 0;
    }
  }

  @Command(
      name = "env",
      mixinStandardHelpOptions = true,
      description = {
        "Print the environment of a group, or set it: a map that tells code where it runs.",
        "Its :env is the environment that parameters go by."
      },
      footer = {
        "",
        "Examples:",
        "  valence params env",
        "  valence params env set '{:env :staging}'"
      })
  int env(
      @Mixin SystemOption of,
      @Option(
              names = "--group",
              paramLabel = "NAME",
              description = "Default: ${DEFAULT-VALUE}.",
              defaultValue = "solo")
          String group,
      @Parameters(
              index = "0",
              arity = "0..1",
              paramLabel = "set",
              description = "To set it.",
              defaultValue = "")
          String verb,
      @Parameters(
              index = "1",
              arity = "0..1",
              paramLabel = "MAP",
              description = "The whole of it, as EDN, @FILE, or - for standard input.")
          Optional<String> map) {
    try (NodeClient node = of.connect()) {
      if (verb.isEmpty()) {
        terminal.line(EdnBody.text(node.call("environment", Map.of(kw("group"), group))));
        return 0;
      }
      if (!verb.equals("set") || map.isEmpty()) {
        throw new ParameterException(
            spec.commandLine(), "Expected nothing, or set and a map such as '{:env :staging}'.");
      }
      Object environment = Argument.edn(map.get());
      if (!(environment instanceof Map)) {
        throw new ParameterException(
            spec.commandLine(), map.get() + " is no EDN map such as '{:env :staging}'.");
      }
      Map<Keyword, Object> request = new LinkedHashMap<>();
      request.put(kw("group"), group);
      request.put(kw("environment"), environment);
      request.put(kw("asked-by"), user());
      node.call("set-environment", request);
      terminal.line("Set the environment of " + group + ".");
      return 0;
    }
  }

  private static String shown(Map<?, ?> parameter) {
    return Boolean.TRUE.equals(parameter.get(kw("secret")))
        ? MASK
        : DeploymentPage.text(parameter, "value");
  }

  private static String user() {
    return System.getProperty("user.name", "");
  }

  /// A secret as it is typed, unseen, or all of standard input without its last line end.
  private static String typed(String path) {
    Console console = Terminal.isTyped() ? System.console() : null;
    if (console != null) {
      char @Nullable [] typed = console.readPassword("%s: ", path);
      return typed == null ? "" : new String(typed);
    }
    try {
      String text = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
      return text.endsWith("\r\n")
          ? text.substring(0, text.length() - 2)
          : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    } catch (IOException e) {
      throw Anomaly.of(
              Anomaly.Category.UNAVAILABLE, "Standard input can't be read: " + e.getMessage() + ".")
          .toException(e);
    }
  }
}
