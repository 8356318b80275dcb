package valence.engine.index;

/// Which rows a database value shows.
///
/// @param since    facts said at or before this t are hidden
/// @param asOf     facts said after this t are hidden
/// @param history  whether every assertion and retraction in the window is shown, rather than what
///     is true at its end
/// @param filtered whether, besides, each row is asked for: who holds the view holds the filter. Of
///     such a view no count is exact
public record TimeView(long since, long asOf, boolean history, boolean filtered) {
  /// Everything that is true now.
  public static final TimeView NOW = new TimeView(-1, Long.MAX_VALUE, false, false);

  /// Whether exactly the current rows are shown.
  public boolean isNow() {
    return since < 0 && asOf == Long.MAX_VALUE && !history && !filtered;
  }

  public TimeView withAsOf(long t) {
    return new TimeView(since, t, history, filtered);
  }

  public TimeView withSince(long t) {
    return new TimeView(t, asOf, history, filtered);
  }

  public TimeView withHistory() {
    return new TimeView(since, asOf, true, filtered);
  }

  /// This window of time, with or without a filter.
  public TimeView withFilter(boolean present) {
    return new TimeView(since, asOf, history, present);
  }

  boolean hasSaid(long t) {
    return t > since && t <= asOf;
  }
}
