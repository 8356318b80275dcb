package valence.node.http;

/// What answers the requests at a door.
@FunctionalInterface
public interface Endpoint {
  /// Answers one request. Called on a thread of the request's own, which it may block.
  ///
  /// What it throws is logged and answered with status 500 and the request's id.
  Reply answer(Exchange exchange) throws Exception;
}
