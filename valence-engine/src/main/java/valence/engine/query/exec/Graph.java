package valence.engine.query.exec;

import java.util.Arrays;

/// Edges between numbered nodes, those of a node beside each other. Immutable.
final class Graph {
  private final LongNumbers nodes;
  private final int[] tails; // by edge
  private final int[] heads;
  private final int[] starts; // of each node's edges in targets, and the end
  private final int[] targets;

  private Graph(LongNumbers nodes, int[] tails, int[] heads) {
    this.nodes = nodes;
    this.tails = tails;
    this.heads = heads;
    int[] ends = new int[nodes.count() + 1];
    for (int tail : tails) {
      ends[tail + 1]++;
    }
    for (int node = 0; node < nodes.count(); node++) {
      ends[node + 1] += ends[node];
    }
    starts = ends.clone();
    targets = new int[heads.length];
    for (int edge = 0; edge < tails.length; edge++) {
      targets[ends[tails[edge]]++] = heads[edge];
    }
  }

  /// @param from where each edge begins; the first so many keys count
  /// @param to where it ends
  static Graph of(long[] from, long[] to, int count) {
    long least = Long.MAX_VALUE;
    long greatest = Long.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      least = Math.min(least, Math.min(from[i], to[i]));
      greatest = Math.max(greatest, Math.max(from[i], to[i]));
    }
    LongNumbers nodes = LongNumbers.between(Math.min(least, greatest), greatest, count * 2);
    int[] tails = new int[count];
    int[] heads = new int[count];
    for (int i = 0; i < count; i++) {
      boolean again = i > 0 && from[i] == from[i - 1];
      tails[i] = again ? tails[i - 1] : nodes.number(from[i]);
      heads[i] = nodes.number(to[i]);
    }
    return new Graph(nodes, tails, heads);
  }

  /// The same edges, each in the other direction.
  Graph reversed() {
    return new Graph(nodes, heads, tails);
  }

  int nodeCount() {
    return nodes.count();
  }

  /// The number of a node; -1 when it has no edge.
  int node(long key) {
    return nodes.find(key);
  }

  long key(int node) {
    return nodes.key(node);
  }

  /// Whether an edge leads on from a node.
  boolean leadsOn(int node) {
    return starts[node + 1] > starts[node];
  }

  /// Walks from nodes and remembers where it came to. For one thread.
  ///
  /// A walk's nodes stand beside each other in [#found], in the order in which they were come to:
  /// the part of it that isn't walked on from yet is all that is to do.
  final class Walker {
    private final Budget budget;
    private final Object clause;
    private int[] found = new int[64];
    private int count;
    private final int[] seen = new int[nodeCount()]; // by which walk last
    private int walk;

    /// @param clause that is named when there are too many nodes
    Walker(Budget budget, Object clause) {
      this.budget = budget;
      this.clause = clause;
    }

    int[] found() {
      return found;
    }

    /// How many nodes were found by all walks.
    int count() {
      return count;
    }

    /// Whether the last walk came to a node.
    boolean came(int node) {
      return seen[node] == walk;
    }

    /// Begins a walk that has been nowhere yet.
    void begin() {
      budget.check();
      walk++;
    }

    /// Comes to a node.
    void come(int node) {
      if (seen[node] != walk) {
        seen[node] = walk;
        if (count == found.length) {
          grow();
        }
        found[count++] = node;
      }
    }

    private void grow() {
      budget.check();
      budget.rows(count * 2L, 2, clause);
      found = Arrays.copyOf(found, count * 2);
    }

    /// Goes along the edges of a node.
    void leave(int node) {
      int end = starts[node + 1];
      for (int edge = starts[node]; edge < end; edge++) {
        come(targets[edge]);
      }
    }

    /// Goes along the edges of a node that lead to where another's last walk came.
    void leave(int node, Walker within) {
      int end = starts[node + 1];
      for (int edge = starts[node]; edge < end; edge++) {
        if (within.came(targets[edge])) {
          come(targets[edge]);
        }
      }
    }

    /// Forgets what earlier walks found.
    void forget() {
      count = 0;
    }

    /// Walks on from the nodes that the walk came to, beginning with one position of [#found].
    void walk(int from) {
      for (int at = from; at < count; at++) {
        leave(found[at]);
      }
    }

    /// Walks on until a number of nodes was come to that are marked, or to the end.
    void walk(int from, int[] marks, int mark, int markedCount) {
      int open = markedCount;
      int checked = from;
      for (int at = from; at <= count; at++) {
        while (checked < count) {
          if (marks[found[checked++]] == mark && --open == 0) {
            return;
          }
        }
        if (at < count) {
          leave(found[at]);
        }
      }
    }

    /// Comes to what an earlier walk came to, which stands between two positions of [#found].
    void repeat(int from, int to) {
      while (count + to - from > found.length) {
        grow();
      }
      System.arraycopy(found, from, found, count, to - from);
      count += to - from;
    }
  }
}
