/// A compute node: one process that keeps databases, hosts an application and answers for both.
///
/// [Node] is where the parts are put together, and is best read first; [Main] is how a process
/// becomes one. A node listens beyond the loopback only with TLS and access keys. It starts by
/// opening its storage, which locks it, and says `up` when it serves; it ends by finishing what has
/// begun, also on SIGTERM.
///
/// | package | |
/// | --- | --- |
/// | `http` | doors, TLS, limits |
/// | `access` | who may do what at the doors |
/// | `operation` | the operations of the protocol |
/// | `lambda` | invocations as AWS Lambda takes them |
/// | `console` | the files of the web console |
/// | `web` | requests to the application's HTTP handler |
/// | `app` | loading and swapping code |
/// | `hosted` | what hosted code is given |
/// | `deploy` | driving deployments |
/// | `source` | what calls functions when something happens, and queues |
/// | `control` | the system's own facts |
/// | `dev` | revisions straight from a developer's folders; only in a process of [DevMain] |
/// | `telemetry` | what it tells those who watch it |
@NullMarked
package valence.node;

import org.jspecify.annotations.NullMarked;
