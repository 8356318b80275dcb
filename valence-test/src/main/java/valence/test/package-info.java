/// Tests of applications: a whole system in the test's own process, which calls the application as
/// a node would, because the node's own classes do it.
///
/// A [TestSystem] has databases in memory, the application of the class path under its
/// `ion-config.edn`, a [TestClock], and remembers what was cast. It is forked in no time: what is
/// prepared once serves every test, and no test sees what another one said. [Ions] is the way in
/// from outside: Lambda calls and HTTP, through the doors, lanes and limits of a node.
///
/// While a system is open on a thread, and on those begun by it, it is what code reaches with
/// `:server-type :ion`, [valence.ion.Cast] and [valence.ion.AppInfo].
///
/// [ValenceTest] and [ValenceExtension] are the same for JUnit; nothing else here needs JUnit, so
/// that a system can be used from clojure.test or by hand.
///
/// Knows the node's parts. Knows nothing of how an application is pushed or deployed.
@NullMarked
package valence.test;

import org.jspecify.annotations.NullMarked;
