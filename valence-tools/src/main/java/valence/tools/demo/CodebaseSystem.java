package valence.tools.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import valence.api.Anomaly;
import valence.client.NodeAddress;
import valence.tools.invoke.Invocation;
import valence.tools.solo.RunningNode;
import valence.tools.solo.SoloSystem;

/// The system of the demonstration. It is kept between runs, with all that was imported.
final class CodebaseSystem {
  static final String NAME = "codebase";
  static final String GROUP = "solo";

  private final SoloSystem system;
  private final Optional<String> profile;

  private CodebaseSystem(SoloSystem system, Optional<String> profile) {
    this.system = system;
    this.profile = profile;
  }

  /// The one in the current folder or above, or one to be made here.
  ///
  /// @param profile who asks, where it has principals; otherwise its `admin`
  static CodebaseSystem here(Optional<String> profile) {
    return new CodebaseSystem(SoloSystem.above(Path.of("").toAbsolutePath(), NAME), profile);
  }

  Path folder() {
    return system.folder();
  }

  boolean exists() {
    return Files.isDirectory(system.folder());
  }

  /// The node, started if it doesn't run. Closing stops it again if it was started here.
  Running running(Consumer<String> progress) {
    if (system.hasPrincipals()
        && profile.isEmpty()
        && system.isFile(SoloSystem.ADMIN)) { // so nobody's key is here
      throw Anomaly.of(
              Anomaly.Category.FORBIDDEN,
              "System " + NAME + " in " + system.folder() + " has principals, and nothing says who"
                  + " asks.",
              "Name a profile with --profile or in VALENCE_PROFILE; `valence access create admin"
                  + " --grant all --system " + NAME + "` makes one that is found by itself.")
          .toException();
    }
    Optional<RunningNode> node = system.running();
    return node.map(found -> new Running(found, false))
        .orElseGet(() -> new Running(system.start(0, 0, progress), true));
  }

  /// A node that serves the demonstration.
  final class Running implements AutoCloseable {
    private final RunningNode node;
    private final NodeAddress address;
    private final boolean startedHere;
    // For the ways out that no finally sees, such as Control-C.
    private final Thread emergency;
    private boolean left;

    private Running(RunningNode node, boolean startedHere) {
      this.node = node;
      this.address = system.address(node, profile);
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

    /// The way to its api, with the key of who asks.
    NodeAddress api() {
      return address;
    }

    /// The way to the application, with the same key.
    NodeAddress web() {
      return address.at(node.http());
    }

    boolean startedHere() {
      return startedHere;
    }

    /// Calls a function of the application; what it answers.
    String invoke(String function, String payload) {
      Invocation.Answer answer =
          new Invocation(address, GROUP + "-" + function, payload, false).call();
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
          system.stop(node, address);
        }
      }
    }
  }
}
