/// What several tests of the node need: applications compiled on the spot, requests over HTTP.
@NullMarked
package valence.node.testing;

import org.jspecify.annotations.NullMarked;
