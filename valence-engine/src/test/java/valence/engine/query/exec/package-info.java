/// Tests of columns, and of the operators upon them, beside plain lists of values.
///
/// Each operator gets columns of all kinds (keys, codes, objects), made at random from a seed that
/// the failure shows. What whole queries answer is tested in the packages around.
@NullMarked
package valence.engine.query.exec;

import org.jspecify.annotations.NullMarked;
