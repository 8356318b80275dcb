package valence.node.lambda;

import valence.ion.LambdaContext;
import valence.node.app.Application;
import valence.node.app.Serving;

/// Where invocations go that nobody waits for. Safe for many threads.
public interface Events {
  /// How often an event is tried, as at AWS.
  int ATTEMPTS_MAX = 3;

  /// Takes an event in; `busy` when there are too many.
  ///
  /// @param call    on the application that has the function
  /// @param payload JSON text
  void accept(Serving.Call call, Application.Lambda lambda, String payload, LambdaContext context);
}
