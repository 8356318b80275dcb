/// New applications, and the ten minutes of the guide that begin with one.
@NullMarked
package valence.tools.project;

import org.jspecify.annotations.NullMarked;
