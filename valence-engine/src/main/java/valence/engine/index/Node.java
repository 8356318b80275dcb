package valence.engine.index;

import org.jspecify.annotations.Nullable;

/// A node of a tree. Immutable, shared between versions.
sealed interface Node {
  /// How many rows lie below.
  long rowCount();

  /// How full the node is: rows of a leaf, children of a branch.
  int width();

  /// The first row below: its columns …
  Rows firstRows();

  /// Some rows in the tree's order; at least one, save in the root of an empty tree.
  record Leaf(Rows rows) implements Node {
    @Override
    public long rowCount() {
      return rows.count();
    }

    @Override
    public int width() {
      return rows.count();
    }

    @Override
    public Rows firstRows() {
      return rows;
    }
  }

  /// Children of one level, in order.
  ///
  /// @param firsts the first row of each child
  /// @param ends   how many rows lie below the children up to and including each
  record Branch(Rows firsts, Node[] children, long[] ends) implements Node {
    static Branch of(Node[] children) {
      int count = children.length;
      long[] e = new long[count];
      int[] a = new int[count];
      long[] v = new long[count];
      @Nullable Object[] o = null;
      long[] from = new long[count];
      long[] ends = new long[count];
      long end = 0;
      for (int i = 0; i < count; i++) {
        Rows first = children[i].firstRows();
        e[i] = first.e()[0];
        a[i] = first.a()[0];
        v[i] = first.v()[0];
        from[i] = first.from()[0];
        if (first.object(0) != null) {
          if (o == null) {
            o = new Object[count];
          }
          o[i] = first.object(0);
        }
        end += children[i].rowCount();
        ends[i] = end;
      }
      return new Branch(new Rows(count, e, a, v, o, from, null), children, ends);
    }

    /// This branch with other children in some places: as many, each still where it was in the
    /// order.
    Branch with(Node[] replaced) {
      long[] movedEnds = new long[ends.length];
      Rows movedFirsts = firsts;
      long grown = 0;
      for (int i = 0; i < replaced.length; i++) {
        if (replaced[i] != children[i]) {
          grown += replaced[i].rowCount() - (ends[i] - (i == 0 ? 0 : ends[i - 1]));
          movedFirsts = movedFirsts.withFirstOf(i, replaced[i].firstRows());
        }
        movedEnds[i] = ends[i] + grown;
      }
      return new Branch(movedFirsts, replaced, movedEnds);
    }

    @Override
    public long rowCount() {
      return ends[ends.length - 1];
    }

    @Override
    public int width() {
      return children.length;
    }

    @Override
    public Rows firstRows() {
      return firsts;
    }

    /// The child in which a bound's position lies.
    int seek(Order order, Bound bound, boolean past) {
      return Math.max(0, firsts.seek(order, bound, past) - 1);
    }
  }
}
