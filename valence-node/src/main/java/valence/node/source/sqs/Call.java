package valence.node.source.sqs;

/// One request, in either form.
///
/// @param path   of the request, which may end with the queue's name
/// @param region that the caller thinks of
/// @param origin scheme and authority that the request was sent to
record Call(String action, Input input, String path, String region, String origin) {
  /// The address of a queue, as it is told.
  String url(String queue) {
    return origin + "/" + SqsRequests.ACCOUNT + "/" + queue;
  }
}
