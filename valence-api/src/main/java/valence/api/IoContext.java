package valence.api;

import clojure.lang.Keyword;

/// What a caller says that its reads are for.
final class IoContext {
  private IoContext() {}

  static void check(Keyword context) {
    if (context.getNamespace() == null) {
      throw Anomaly.of(
              Anomaly.Category.INCORRECT,
              "io-context must be a qualified keyword, and was " + context + ".",
              "Write it with a namespace, such as :shop/open-orders.")
          .toException();
    }
  }
}
