package valence.node.access;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import valence.api.Anomaly;
import valence.node.http.Exchange;

/// Where a page comes from that asks by way of a browser.
///
/// A browser sends what any page tells it to, also to the loopback of its own machine, and says in
/// `origin` whose page it is. Only the node's own may ask. A page can be under a name that was made
/// to lead to the loopback, so that a system without keys is asked by names of the loopback alone.
final class Origin {
  private static final Pattern LOOPBACK =
      Pattern.compile("(?:localhost|127(?:\\.[0-9]{1,3}){3}|\\[::1])(?::[0-9]{1,5})?");

  private Origin() {}

  /// Why a request is refused for the page that it comes from; empty when it isn't.
  ///
  /// @param signed whether requests have to be signed, which pages of others can't
  static Optional<Anomaly> refusal(Exchange exchange, boolean signed) {
    Optional<String> origin = exchange.header("origin");
    if (origin.isEmpty()) {
      return Optional.empty(); // no browser, or none that was told to by a page of elsewhere
    }
    String own = exchange.authority().toLowerCase(Locale.ROOT);
    String place = origin.get().replaceFirst("^https?://", "").toLowerCase(Locale.ROOT);
    if (place.equals(own) && (signed || LOOPBACK.matcher(own).matches())) {
      return Optional.empty();
    }
    return Optional.of(Anomaly.of(
            Anomaly.Category.FORBIDDEN,
            "A page of " + origin.get() + " asked, in a browser.",
            "Only the console of this node may: open /console/ at the address of the api port, by"
                + " 127.0.0.1 or localhost if the system has no access keys.")
        .withError("access.error/foreign-page"));
  }
}
