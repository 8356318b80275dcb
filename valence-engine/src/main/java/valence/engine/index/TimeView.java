package valence.engine.index;

/// Which rows a database value shows.
///
/// @param since   facts said at or before this t are hidden
/// @param asOf    facts said after this t are hidden
/// @param history whether every assertion and retraction in the window is shown, rather than what
/// is
///     true at its end
public record TimeView(long since, long asOf, boolean history) {
  /// Everything that is true now.
  public static final TimeView NOW = new TimeView(-1, Long.MAX_VALUE, false);

  public boolean isNow() {
    return since < 0 && asOf == Long.MAX_VALUE && !history;
  }

  public TimeView withAsOf(long t) {
    return new TimeView(since, t, history);
  }

  public TimeView withSince(long t) {
    return new TimeView(t, asOf, history);
  }

  public TimeView withHistory() {
    return new TimeView(since, asOf, true);
  }

  boolean hasSaid(long t) {
    return t > since && t <= asOf;
  }
}
