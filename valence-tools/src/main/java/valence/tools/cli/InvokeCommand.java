package valence.tools.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import valence.tools.invoke.Invocation;
import valence.tools.terminal.Terminal;

@Command(
    name = "invoke",
    mixinStandardHelpOptions = true,
    description = "Call a Lambda function of the deployed application.",
    footer = {"", "Example:", "  valence invoke solo-shortages"})
final class InvokeCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin
  private SystemOption system = new SystemOption();

  @Parameters(index = "0", paramLabel = "FUNCTION", description = "<group>-<name>.")
  private String function = "";

  @Parameters(
      index = "1",
      paramLabel = "PAYLOAD",
      arity = "0..1",
      description = "JSON, @FILE, or - for standard input; default: ${DEFAULT-VALUE}.",
      defaultValue = "{}")
  private String payload = "";

  @Option(names = "--event", description = "Don't wait for the answer.")
  private boolean event;

  InvokeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Invocation.Answer answer =
        new Invocation(system.api(), function, Argument.text(payload), event).call();
    if (!answer.body().isEmpty()) {
      terminal.line(answer.body());
    }
    answer
        .cause()
        .ifPresent(cause ->
            terminal.err().println(terminal.alarm("valence: ") + "The function failed: " + cause));
    return answer.error().isPresent() ? 1 : 0;
  }
}
