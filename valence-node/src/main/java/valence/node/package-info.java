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
/// | `control` | the system's own facts |
@NullMarked
package valence.node;

import org.jspecify.annotations.NullMarked;
