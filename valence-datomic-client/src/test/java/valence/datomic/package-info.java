/// Runs programs written for the client api of Datomic. Knows nodes, to have one to ask.
@NullMarked
package valence.datomic;

import org.jspecify.annotations.NullMarked;
