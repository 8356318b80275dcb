/// Runs an application straight from a developer's folders, revision after revision.
///
/// Whoever starts a process of [valence.node.DevMain] holds both ends of its standard streams, and
/// these alone say what is loaded: no operation of the network loads code from a disk, here or on
/// any other node. A message is a line of EDN, a map:
///
///     → {:load "dev/3" :config "{:app-name …}" :class-path ["/…/classes/3" "/…/jackson.jar"]}
///     ← {:event :up :api-port 8182 :http-port 8184}
///     ← {:event :live :revision "dev/3" :millis 12 :schema [{:database "shop" :datoms 4}]}
///     ← {:event :refused :revision "dev/3" :message "…" :stack "…"}
///     ← {:event :cast :kind :dev :said "{…}" :stack "…"}
///     ← {:event :failed :message "handler-failed …" :stack "…"}
///     ← {:event :warned :message "…"}
///     ← {:event :printed :text "…"}
///
/// What a revision is refused for changes nothing: the one before goes on serving. The end of
/// the input is the end of the node. Stacks are the application's own: the frames that led to it
/// are left out.
///
/// Knows how code is loaded and swapped. Knows nothing of compilers, of watching files, or HTTP.
@NullMarked
package valence.node.dev;

import org.jspecify.annotations.NullMarked;
