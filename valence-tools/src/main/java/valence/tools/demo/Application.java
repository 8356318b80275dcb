package valence.tools.demo;

import static valence.api.Valence.kw;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import valence.api.Anomaly;
import valence.client.NodeClient;
import valence.tools.deploy.Deployment;
import valence.tools.push.Push;
import valence.tools.push.Pushed;
import valence.tools.terminal.Terminal;
import valence.tools.tour.Folders;
import valence.tools.tour.Git;

/// The example application on its way from the checkout to the system.
///
/// @param example    its folder in the checkout
/// @param repository a git repository made of it; kept, so that what didn't change stays one commit
record Application(Terminal terminal, NodeClient client, Path example, Path repository) {
  private static final Duration DEPLOY_TIMEOUT = Duration.ofMinutes(2);

  /// Brings the repository up to the example.
  void commit(List<String> says) throws IOException {
    if (!Files.isDirectory(example)) {
      throw Anomaly.of(
              Anomaly.Category.NOT_FOUND,
              "The example isn't in " + example + ".",
              "Run ./valence from a whole checkout.")
          .toException();
    }
    Git git = new Git(repository);
    if (!Files.isDirectory(repository.resolve(".git"))) {
      Files.createDirectories(repository);
      git.run("init", "--quiet", "--initial-branch=main");
    }
    for (Path source : tracked()) {
      Files.deleteIfExists(repository.resolve(source));
    }
    Folders.copySources(example, repository);
    String head = git.run("status", "--porcelain").isEmpty()
        ? git.run("rev-parse", "HEAD")
        : git.commit("Take the example as it is");
    says.add("commit " + head);
  }

  private List<Path> tracked() {
    String files = new Git(repository).run("ls-files", "-z");
    return files.isEmpty()
        ? List.of()
        : List.of(files.split("\0")).stream().map(Path::of).toList();
  }

  Pushed push(List<String> says) {
    Pushed pushed = new Push(client, terminal::progress).commit(repository);
    says.addAll(pushed.lines());
    return pushed;
  }

  /// Makes the system run the revision, unless it does.
  void deploy(Pushed pushed, List<String> says) {
    boolean runs = client.call("status", Map.of()) instanceof Map<?, ?> status
        && pushed.rev().equals(status.get(kw("revision")));
    if (runs) {
      says.add("it runs already");
      return;
    }
    Deployment.Status status = Deployment.start(
            client, CodebaseSystem.GROUP, pushed.appName(), pushed.rev())
        .await(DEPLOY_TIMEOUT, terminal::progress);
    if (status.outcome() != Deployment.Outcome.SUCCEEDED) {
      throw Anomaly.fault("The deployment failed: " + status.cause() + ".").toException();
    }
    says.add("group " + CodebaseSystem.GROUP + " runs " + pushed.rev().substring(0, 12));
  }
}
