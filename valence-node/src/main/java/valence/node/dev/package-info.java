/// Runs an application straight from a developer's folders, revision after revision.
///
/// Whoever starts a process of [valence.node.DevMain] holds both ends of its standard streams, and
/// these alone say what is loaded: no operation of the network loads code from a disk, here or on
/// any other node. A message is a line of EDN, a map:
///
///     → {:load "dev/3" :config "{:app-name …}" :class-path ["/…/classes/3" "/…/jackson.jar"]}
///     ← {:event :up :api-port 8182 :http-port 8184}
///     ← {:event :live :revision "dev/3" :millis 12 :schema [{:database "shop" :attributes […]}]}
///     ← {:event :refused :revision "dev/3" :message "…" :stack "…"}
///     → {:ahead "dev/4" :class-path ["/…/classes/4" "/…/jackson.jar"]}
///     ← {:event :ahead :revision "dev/4" :millis 640}
///     ← {:event :cast :kind :dev :said "{…}" :stack "…"}
///     ← {:event :failed :message "handler-failed …" :stack "…"}
///     ← {:event :warned :message "…"}
///     ← {:event :logged :level "info" :logger "shop.web" :message "…" :stack "…"}
///     ← {:event :printed :text "…"}
///
/// A revision goes the way of a deployment: its schema is compared and said, its check is called.
/// `:ahead` announces one whose first folder is still empty and is filled before it is loaded:
/// meanwhile a Clojure of its own is started for it, and the libraries are loaded that the one
/// before it has. The end of that is told, and a revision that comes sooner waits for it.
///
/// What a revision is refused for changes nothing: the one before goes on serving. The end of
/// the input is the end of the node. Stacks are the application's own: the frames that led to it
/// are left out.
///
/// Knows how code is loaded and swapped. Knows nothing of compilers, of watching files, or HTTP.
@NullMarked
package valence.node.dev;

import org.jspecify.annotations.NullMarked;
