package valence.tools.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import valence.tools.terminal.Terminal;

/// Every command by its name, in the order in which a newcomer meets them.
///
/// A command is made when it is asked for: reading the classes of all of them would take longer
/// than most of them work.
enum Catalog {
  QUICKSTART(Group.FIRST, "quickstart", "See everything once: from a commit to an answer"),
  DEMO(Group.FIRST, "demo", "Read a git repository's history and ask it questions"),
  HELP(Group.FIRST, "help", "Explain a command, with examples"),

  UP(Group.SYSTEM, "up", "Start a system on this machine"),
  DOWN(Group.SYSTEM, "down", "Stop it, once the calls under way are answered"),
  STATUS(Group.SYSTEM, "status", "Say what runs"),
  CONFIG(Group.SYSTEM, "config", "Show and set what the system starts with"),

  DB(Group.DATA, "db", "List, create, delete databases; their size and schema"),
  CONSOLE(Group.DATA, "console", "Ask and say facts interactively"),
  Q(Group.DATA, "q", "Answer a Datalog query"),
  PULL(Group.DATA, "pull", "Print what a pattern selects of an entity"),
  TRANSACT(Group.DATA, "transact", "Say facts, in one transaction"),
  TX(Group.DATA, "tx", "Show the log: when, by whom, by which code, what"),
  BLAME(Group.DATA, "blame", "Say of each fact who said it, by which code"),
  EXPLAIN(Group.DATA, "explain", "Show how a query is run, and what it costs"),
  IMPORT(Group.DATA, "import", "Read CSV, JSON lines or EDN into a database"),
  EXPORT(Group.DATA, "export", "Write a database as EDN, CSV or JSON lines"),

  NEW(Group.APPLICATION, "new", "Make a small application that can be pushed at once"),
  CLASS_PATH(Group.APPLICATION, "class-path", "Print the jars to compile and test with"),
  DEV(Group.APPLICATION, "dev", "Run an application while you write it"),
  PUSH(Group.APPLICATION, "push", "Take an application's commit to the system"),
  DEPLOY(Group.APPLICATION, "deploy", "Make the system run what was pushed"),
  DEPLOY_STATUS(Group.APPLICATION, "deploy-status", "Say where a deployment stands"),
  ROLLBACK(Group.APPLICATION, "rollback", "Run again what ran before"),
  DEPLOYMENTS(Group.APPLICATION, "deployments", "Show what was deployed: who, when, why, the end"),
  REVISIONS(Group.APPLICATION, "revisions", "List what was pushed, and how revisions differ"),
  PARAMS(Group.APPLICATION, "params", "Set what the code reads: parameters, secrets, environment"),
  SOURCES(Group.APPLICATION, "sources", "Show, pause and resume what calls functions"),
  INVOKE(Group.APPLICATION, "invoke", "Call a function of the application"),
  CASTS(Group.APPLICATION, "casts", "Show what the application cast lately"),
  CAST(Group.APPLICATION, "cast", "Say which casts a node lets through"),
  METRICS(Group.APPLICATION, "metrics", "Print what the node counts"),

  BACKUP(Group.SAFETY, "backup", "Copy databases into a directory, what is new alone"),
  RESTORE(Group.SAFETY, "restore", "Make a database of a backup"),
  VERIFY(Group.SAFETY, "verify", "Check that databases or a backup are sound"),
  INSPECT(Group.SAFETY, "inspect", "Print an index's trees or one of its segments"),
  KEYS(Group.SAFETY, "keys", "Make and change the keys of encryption at rest"),
  ACCESS(Group.SAFETY, "access", "Say who may do what: principals, grants, access keys"),

  COMPLETION(Group.TOOLS, "completion", "Print the completions for bash, zsh or fish"),
  CONFORMANCE(Group.TOOLS, "conformance", "Run a conformance corpus"),
  NODE(Group.TOOLS, "node", "Run a node in this process");

  /// What commands are about.
  enum Group {
    FIRST("Begin here"),
    SYSTEM("System"),
    DATA("Databases"),
    APPLICATION("Applications"),
    SAFETY("Safety"),
    TOOLS("Tools");

    private final String title;

    Group(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  private final Group group;
  private final String word;
  private final String summary;

  Catalog(Group group, String word, String summary) {
    this.group = group;
    this.word = word;
    this.summary = summary;
  }

  Group group() {
    return group;
  }

  /// What one types.
  String word() {
    return word;
  }

  String summary() {
    return summary;
  }

  static Optional<Catalog> of(String word) {
    return Arrays.stream(values()).filter(each -> each.word.equals(word)).findFirst();
  }

  static List<String> words() {
    List<String> words = new ArrayList<>();
    for (Catalog each : values()) {
      words.add(each.word);
    }
    return words;
  }

  /// The command, ready to be parsed.
  CommandLine command(Terminal terminal) {
    Object command = switch (this) {
      case QUICKSTART -> new QuickstartCommand(terminal);
      case DEMO -> new CommandLine(new DemoCommand()).addSubcommand(new CodebaseCommand(terminal));
      case HELP -> new HelpCommand(terminal);
      case UP -> new UpCommand(terminal);
      case DOWN -> new DownCommand(terminal);
      case STATUS -> new StatusCommand(terminal);
      case CONFIG -> new ConfigCommand(terminal);
      case DB -> new DatabasesCommand(terminal);
      case CONSOLE -> new ConsoleCommand(terminal);
      case Q -> new QueryCommand(terminal);
      case PULL -> new PullCommand(terminal);
      case TRANSACT -> new TransactCommand(terminal);
      case TX -> new LogCommand(terminal);
      case BLAME -> new BlameCommand(terminal);
      case CASTS -> new CastsCommand(terminal);
      case CAST -> new CastCommand(terminal);
      case METRICS -> new MetricsCommand(terminal);
      case EXPLAIN -> new ExplainCommand(terminal);
      case IMPORT -> new ImportCommand(terminal);
      case EXPORT -> new ExportCommand(terminal);
      case NEW -> new NewCommand(terminal);
      case CLASS_PATH -> new ClassPathCommand(terminal);
      case DEV -> new DevCommand(terminal);
      case PUSH -> new PushCommand(terminal);
      case DEPLOY -> new DeployCommand(terminal);
      case DEPLOY_STATUS -> new DeployStatusCommand(terminal);
      case ROLLBACK -> new RollbackCommand(terminal);
      case DEPLOYMENTS -> new DeploymentsCommand(terminal);
      case REVISIONS -> new RevisionsCommand(terminal);
      case PARAMS -> new ParamsCommand(terminal);
      case SOURCES -> new SourcesCommand(terminal);
      case INVOKE -> new InvokeCommand(terminal);
      case BACKUP -> new BackupCommand(terminal);
      case RESTORE -> new RestoreCommand(terminal);
      case VERIFY -> new VerifyCommand(terminal);
      case INSPECT -> new InspectCommand(terminal);
      case KEYS -> new KeysCommand(terminal);
      case ACCESS -> new AccessCommand(terminal);
      case COMPLETION -> new CompletionCommand(terminal);
      case CONFORMANCE -> new LaunchedCommand.Conformance();
      case NODE -> new LaunchedCommand.Node();
    };
    return command instanceof CommandLine made ? made : new CommandLine(command);
  }
}
