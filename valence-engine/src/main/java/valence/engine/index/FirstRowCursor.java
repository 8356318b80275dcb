package valence.engine.index;

/// The first row of another cursor alone.
final class FirstRowCursor implements Cursor {
  private final Cursor source;
  private final Batch batch = new Batch();
  private boolean open = true;

  FirstRowCursor(Cursor source) {
    this.source = source;
  }

  @Override
  public boolean next() {
    if (!open || !source.next()) {
      return false;
    }
    open = false;
    Batch from = source.batch();
    batch.show(from, from.start, from.start + 1);
    return true;
  }

  @Override
  public Batch batch() {
    return batch;
  }
}
