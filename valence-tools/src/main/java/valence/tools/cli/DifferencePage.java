package valence.tools.cli;

import static valence.api.Valence.kw;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import valence.tools.terminal.Terminal;
import valence.wire.EdnBody;

/// The difference between two revisions for people: one line for each thing, with a sign.
final class DifferencePage {
  private static final Pattern SHA = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
  private static final int COMMITS_MAX = 50;
  private static final long GIT_SECONDS_MAX = 10;

  private DifferencePage() {}

  static void print(Terminal terminal, Map<?, ?> difference) {
    String from = rev(difference, "from");
    String to = rev(difference, "to");
    terminal.line(terminal.bold("from") + " " + from + " " + terminal.bold("to") + " " + to);
    List<String> commits = commits(from, to);
    section(terminal, "commits", commits);
    section(terminal, "functions", signed(difference.get(kw("functions"))));
    section(terminal, "configuration", signed(difference.get(kw("config"))));
    section(terminal, "artifacts", signed(difference.get(kw("artifacts"))));
    if (difference.get(kw("schema")) instanceof Map<?, ?> databases) {
      databases.forEach((name, parts) -> section(terminal, "schema of " + name, signed(parts)));
    }
    if (difference.size() <= 2) {
      terminal.line("Nothing that Valence sees differs.");
    }
  }

  private static String rev(Map<?, ?> difference, String side) {
    return difference.get(kw(side)) instanceof Map<?, ?> revision
        ? DeploymentPage.text(revision, "rev")
        : "";
  }

  private static void section(Terminal terminal, String title, List<String> lines) {
    if (!lines.isEmpty()) {
      terminal.line(terminal.bold(title));
      lines.forEach(line -> terminal.line("  " + line));
    }
  }

  private static List<String> signed(@Nullable Object parts) {
    List<String> lines = new ArrayList<>();
    if (parts instanceof Map<?, ?> map) {
      sign("+", map.get(kw("added")), lines);
      sign("-", map.get(kw("removed")), lines);
      sign("~", map.get(kw("changed")), lines);
    }
    return lines;
  }

  private static void sign(String sign, @Nullable Object things, List<String> lines) {
    if (things instanceof Iterable<?> all) {
      all.forEach(thing -> lines.add(sign + " " + described(thing)));
    }
  }

  private static String described(@Nullable Object thing) {
    if (!(thing instanceof Map<?, ?> map)) {
      return EdnBody.text(thing);
    }
    if (map.containsKey(kw("size"))) {
      return DeploymentPage.text(map, "name") + ", " + DeploymentPage.text(map, "size") + " bytes";
    }
    String takes = DeploymentPage.text(map, "takes");
    String was = DeploymentPage.text(map, "was");
    return DeploymentPage.text(map, "kind") + " " + DeploymentPage.text(map, "name")
        + (takes.isEmpty() ? "" : " " + takes)
        + (was.isEmpty() || was.equals(takes) ? "" : ", was " + was);
  }

  /// What was committed in between, when both are commits of the repository that one stands in.
  private static List<String> commits(String from, String to) {
    if (!SHA.matcher(from).matches() || !SHA.matcher(to).matches()) {
      return List.of();
    }
    try {
      Process git = new ProcessBuilder(
              "git",
              "log",
              "--oneline",
              "--no-color",
              "--max-count=" + COMMITS_MAX,
              "--left-right",
              from + "..." + to)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
      List<String> lines;
      try (var output = git.getInputStream()) {
        lines =
            new String(output.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      }
      if (!git.waitFor(GIT_SECONDS_MAX, TimeUnit.SECONDS)) {
        git.destroyForcibly();
        return List.of();
      }
      return git.exitValue() == 0
          ? lines.stream().map(DifferencePage::signedCommit).toList()
          : List.of(); // another repository, or none
    } catch (IOException e) {
      return List.of(); // there is no git here
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  private static String signedCommit(String line) {
    return (line.startsWith("<") ? "- " : "+ ") + line.substring(1);
  }
}
