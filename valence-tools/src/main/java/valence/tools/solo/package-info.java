/// A solo system: one node on this machine, in a process of its own, with its facts in a folder.
///
/// The folder, `.valence/<system>` unless told otherwise, holds
///
///     data/      what the node stores
///     node.edn   written by the node once it serves: its process and its addresses
///     node.log   what it says
///
/// Knows how to start, find and stop the process. The node's classes are on the class path of the
/// command line and are named by one string here; nothing is compiled against them.
@NullMarked
package valence.tools.solo;

import org.jspecify.annotations.NullMarked;
