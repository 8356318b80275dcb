package valence.ion;

import static java.util.Objects.requireNonNull;

/// A text that isn't printed by mistake: its `toString` doesn't tell it.
public final class Secret {
  private final String text;

  public Secret(String text) {
    this.text = requireNonNull(text, "text");
  }

  /// The text itself.
  public String reveal() {
    return text;
  }

  @Override
  public String toString() {
    return "Secret[…]";
  }
}
