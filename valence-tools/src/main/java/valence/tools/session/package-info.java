/// One database of a node, as the rooms of the command line ask and change it.
///
/// The only place beside `cli` that spells out requests of the protocol, so that a change of the
/// protocol is a change here.
@NullMarked
package valence.tools.session;

import org.jspecify.annotations.NullMarked;
