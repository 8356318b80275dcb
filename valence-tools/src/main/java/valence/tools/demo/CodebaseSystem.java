package valence.tools.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import valence.api.Anomaly;
import valence.tools.invoke.Invocation;
import valence.tools.solo.RunningNode;
import valence.tools.solo.SoloSystem;

/// The system of the demonstration. It is kept between runs, with all that was imported.
final class CodebaseSystem {
  static final String NAME = "codebase";
  static final String GROUP = "solo";

  private final SoloSystem system;

  private CodebaseSystem(SoloSystem system) {
    this.system = system;
  }

  /// The one in the current folder or above, or one to be made here.
  static CodebaseSystem here() {
    return new CodebaseSystem(SoloSystem.above(Path.of("").toAbsolutePath(), NAME));
  }

  Path folder() {
    return system.folder();
  }

  boolean exists() {
    return Files.isDirectory(system.folder());
  }

  /// The node, started if it doesn't run. Closing stops it again if it was started here.
  Running running(Consumer<String> progress) {
    if (Files.exists(system.accessDirectory().resolve("keys.edn"))) {
      throw Anomaly.of(
              Anomaly.Category.CONFLICT,
              "System " + NAME + " in " + system.folder() + " has principals, and the demonstration"
                  + " signs none of its requests.",
              "Run it in another folder, or take them away with `valence access revoke NAME"
                  + " --system " + NAME + "`.")
          .toException();
    }
    Optional<RunningNode> node = system.running();
    return node.map(found -> new Running(found, false))
        .orElseGet(() -> new Running(system.start(0, 0, progress), true));
  }

  /// A node that serves the demonstration.
  final class Running implements AutoCloseable {
    private final RunningNode node;
    private final boolean startedHere;
    // For the ways out that no finally sees, such as Control-C.
    private final Thread emergency;
    private boolean left;

    private Running(RunningNode node, boolean startedHere) {
      this.node = node;
      this.startedHere = startedHere;
      this.emergency =
          new Thread(() -> ProcessHandle.of(node.pid()).ifPresent(ProcessHandle::destroy));
      if (startedHere) {
        Runtime.getRuntime().addShutdownHook(emergency);
      }
    }

    RunningNode node() {
      return node;
    }

    boolean startedHere() {
      return startedHere;
    }

    /// Calls a function of the application; what it answers.
    String invoke(String function, String payload) {
      Invocation.Answer answer =
          new Invocation(node.api(), GROUP + "-" + function, payload, false).call();
      if (answer.error().isPresent()) {
        throw Anomaly.fault("The function " + function + " failed: " + answer.body() + ".")
            .toException();
      }
      return answer.body();
    }

    /// Leaves the node running, whoever started it.
    void leave() {
      left = true;
    }

    @Override
    public void close() {
      if (startedHere) {
        Runtime.getRuntime().removeShutdownHook(emergency);
        if (!left) {
          left = true;
          system.stop(node);
        }
      }
    }
  }
}
