package valence.engine.segment;

/// How large the segments of a tree are made.
///
/// @param leafWeight of a full leaf; see [PendingRows]
/// @param children   of a full directory, at most [Directory#CHILDREN_MAX]
record TreeShape(int leafWeight, int children) {
  /// 4096 rows of short values.
  static final TreeShape STORED =
      new TreeShape(4096 * PendingRows.ROW_WEIGHT, Directory.CHILDREN_MAX);

  /// A leaf may grow to this before it is split, so that it isn't split again by the next rows.
  int leafWeightMax() {
    return leafWeight + leafWeight / 2;
  }
}
