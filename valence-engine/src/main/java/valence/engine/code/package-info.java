/// Functions of a program's code, found by qualified symbol and called with data.
///
/// `com.acme.Fns/f` is a public static method: an [EntryPoint], whose arguments are fitted to the
/// types of its parameters. `my.ns/f` is a function of a Clojure namespace, which is loaded when it
/// is first asked for; nothing else here starts clojure.core, which takes most of a second.
///
/// [ClassPathFunctions] offers what a class loader sees to the database of the same process; a node
/// offers what the deployed application allows.
///
/// Knows symbols and class loaders. Knows nothing of databases beyond their api, nor of who calls.
@NullMarked
package valence.engine.code;

import org.jspecify.annotations.NullMarked;
