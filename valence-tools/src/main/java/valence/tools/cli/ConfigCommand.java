package valence.tools.cli;

import static valence.api.Valence.kw;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.tools.solo.Setting;
import valence.tools.solo.Settings;
import valence.tools.solo.SoloSystem;
import valence.tools.terminal.Table;
import valence.tools.terminal.Terminal;

@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "[COMMAND]",
    description = {
      "Show what a system starts with: ports, storage, memory, caches.",
      "It stands in config.edn of the system's folder; valence up remembers what it is told."
    },
    footer = {
      "",
      "Examples:",
      "  valence config",
      "  valence config set heap 2g",
      "  valence config unset storage"
    })
final class ConfigCommand implements Callable<Integer> {
  private static final Pattern PASSWORD = Pattern.compile("(?i)(password=)[^&]*|://[^/@]*@");

  private final Terminal terminal;

  @Mixin
  private SoloOption system = new SoloOption();

  @Mixin
  private Format format = new Format();

  ConfigCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Settings settings = system.found().settings();
    List<Map<Object, Object>> rows = new ArrayList<>();
    for (Setting setting : Setting.values()) {
      Map<Object, Object> row = new LinkedHashMap<>();
      row.put(kw("setting"), setting.word());
      row.put(kw("value"), shown(settings.text(setting)));
      row.put(kw("set?"), settings.texts().containsKey(setting));
      row.put(kw("meaning"), setting.meaning());
      rows.add(row);
    }
    format.print(terminal, rows, () -> {
      Table table = new Table(List.of("setting", "value", "", "meaning"));
      for (Map<Object, Object> row : rows) {
        boolean set = Boolean.TRUE.equals(row.get(kw("set?")));
        table.row(List.of(
            String.valueOf(row.get(kw("setting"))),
            String.valueOf(row.get(kw("value"))),
            set ? "set" : "",
            String.valueOf(row.get(kw("meaning")))));
      }
      table.print(terminal);
    });
    return 0;
  }

  private static String shown(String text) {
    return PASSWORD
        .matcher(text)
        .replaceAll(found -> found.group(1) == null ? "://…@" : found.group(1) + "…");
  }

  @Command(
      name = "set",
      mixinStandardHelpOptions = true,
      description = "Set something, from the next start on.",
      footer = {"", "Example:", "  valence config set api-port 9000"})
  int set(
      @Mixin SoloOption of,
      @Parameters(paramLabel = "SETTING", description = "As valence config shows it.") String word,
      @Parameters(paramLabel = "VALUE", description = "What it is to be.") String value) {
    SoloSystem found = of.found();
    Setting setting = named(word);
    String text =
        setting == Setting.STORAGE || setting.isFile() ? StoredOption.absolute(value) : value;
    found.keep(found.settings().with(setting, text));
    tell(found, word + " is " + shown(text));
    return 0;
  }

  @Command(
      name = "unset",
      mixinStandardHelpOptions = true,
      description = "Go back to the standard, from the next start on.",
      footer = {"", "Example:", "  valence config unset storage"})
  int unset(
      @Mixin SoloOption of,
      @Parameters(paramLabel = "SETTING", description = "As valence config shows it.")
          String word) {
    SoloSystem found = of.found();
    Setting setting = named(word);
    found.keep(found.settings().without(setting));
    String standard = setting.standard();
    tell(found, word + " is " + (standard.isEmpty() ? "not set" : standard));
    return 0;
  }

  private void tell(SoloSystem system, String what) {
    boolean runs = system.running().isPresent();
    terminal.line(what + (runs ? ", from the next start on." : "."));
  }

  private static Setting named(String word) {
    return Setting.of(word).orElseThrow(() -> unknown(word));
  }

  private static AnomalyException unknown(String word) {
    return Anomaly.of(
            Anomaly.Category.INCORRECT,
            "There is no setting " + word + "."
                + Nearest.to(word, Setting.words())
                    .map(near -> " Did you mean " + near + "?")
                    .orElse(""),
            "Expected one of " + String.join(", ", Setting.words()) + ".")
        .toException();
  }
}
