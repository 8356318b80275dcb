package valence.tools.cli;

import valence.api.Anomaly;

/// What the process ends with, for scripts.
enum ExitStatus {
  DONE(0, "what was asked for was done"),
  FAILED(1, "it couldn't be done, or what was checked isn't sound; the message says why"),
  MISUSED(2, "the words made no sense; nothing was tried"),
  RETRY(3, "nothing answers, or it is busy: the same command may succeed later"),
  DEFECT(4, "a defect, of Valence or of data it keeps"),
  INTERRUPTED(130, "ended by Control-C");

  private final int code;
  private final String meaning;

  ExitStatus(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  int code() {
    return code;
  }

  String meaning() {
    return meaning;
  }

  static ExitStatus of(Anomaly.Category category) {
    return switch (category) {
      case UNAVAILABLE, BUSY -> RETRY;
      case INTERRUPTED -> INTERRUPTED;
      case FAULT -> DEFECT;
      case INCORRECT, FORBIDDEN, UNSUPPORTED, NOT_FOUND, CONFLICT -> FAILED;
    };
  }
}
