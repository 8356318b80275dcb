/// The web console: a page in the browser that speaks the client protocol of `docs/protocol.md`.
///
/// What it does stands in its files, hand-written modules that the browser runs as they are: no
/// build, no library, nothing from elsewhere. `main.js` is the frame and best read first; `edn.js`,
/// `sign.js` and `api.js` are the protocol, a file each is a page or a part of one. Text becomes
/// text nodes only, so that nothing out of a database is ever markup.
///
/// The files hold nothing secret and are served to anybody. [ConsoleFiles] has them by path, with a
/// version that is made of all their bytes: what stands under it never changes.
///
/// Knows neither the node that serves it nor anything else of ours.
@NullMarked
package valence.console;

import org.jspecify.annotations.NullMarked;
