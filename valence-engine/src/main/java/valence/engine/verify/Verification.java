package valence.engine.verify;

import java.util.List;
import valence.engine.index.Order;

/// What a walk through a database has found.
///
/// @param t        of the newest transaction that could be read
/// @param records  of the log
/// @param rows     that the log opens and closes
/// @param indexedT the t up to which there are durable indexes; -1 when there are none
/// @param trees    of the durable indexes
/// @param findings what is wrong; empty when the database is whole
public record Verification(
    String database,
    long t,
    long records,
    long rows,
    long indexedT,
    List<TreeShape> trees,
    List<Finding> findings) {
  public Verification {
    trees = List.copyOf(trees);
    findings = List.copyOf(findings);
  }

  /// One tree of segments.
  ///
  /// @param past     whether its rows have an end
  /// @param segments that could be read
  /// @param bytes    of those segments
  /// @param depth    levels, leaves included; 0 when there is no row
  /// @param root     the id of its root in hexadecimal; empty when there is no row
  public record TreeShape(
      Order order, boolean past, long rows, long segments, long bytes, int depth, String root) {}

  /// Which part of a database something is wrong with.
  public enum Part {
    CATALOG,
    LOG,
    ROOT,
    SEGMENT,
    INDEX
  }

  /// Something that is wrong.
  ///
  /// @param what   in a sentence
  /// @param advice what to do
  public record Finding(Part part, String what, String advice) {}

  public boolean isWhole() {
    return findings.isEmpty();
  }
}
