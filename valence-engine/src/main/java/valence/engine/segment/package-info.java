/// Segments: blocks of rows in packed columns, written once, and the trees of them.
///
/// A [Segment] is one blob: a [Leaf] holds some thousand rows in one order, a [Directory] the first
/// row, the id and the row count of each of its children. A [SegmentTree] is the id of a root. All
/// are immutable; [SegmentTree#merge] writes new leaves where rows changed and new directories
/// above them, and leaves every other segment where and what it is.
///
/// A [SegmentCursor] decodes the columns that its reader asks for, of some rows at a time; others
/// are there when a batch turns out to need them. What was read is remembered by weak references
/// above it: the source alone keeps segments and bounds them.
///
/// The stored bytes are read in place: a leaf in memory is its bytes and a few small objects that
/// say where in them which column lies. Everything is checked when a segment is read; what doesn't
/// fit together is a `fault` that names the segment. The format stands byte by byte in
/// `docs/segments.md`.
///
/// Knows rows, values and the ids of blobs. Knows nothing of schema, caches, stores or the log, and
/// does no input or output: [SegmentSource] and [SegmentSink] do.
@NullMarked
package valence.engine.segment;

import org.jspecify.annotations.NullMarked;
