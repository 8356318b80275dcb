/// Who may do what at a node's doors: the one place where requests are let in or refused.
///
/// A [Guard] stands in every door but health. It finds out who sent a request ([Access], from its
/// signature), looks up in [Rules] what that needs, refuses what isn't granted, keeps each
/// principal within its [Limits], and writes the [AuditLog]. What no rule is for isn't there.
///
/// Principals and keys are in the file `keys.edn` of the access directory ([KeysFile]), readable by
/// its owner alone, replaced whole, and read again when it changed. While there is none, whoever
/// reaches the node may do everything, which is why it listens on the loopback only.
///
///     {:format 1
///      :principals [{:name "ann" :grants ["read:shop"] :limits {:request-bytes 1000000 …}} …]
///      :keys [{:id "VK…" :principal "ann" :signing-key "hex" :created #inst "…"
///              :ends #inst "…"} …]}
///
/// A revoked key has lost its `:signing-key`. [AccessMain] is the command that changes the file.
///
/// Knows requests and files. Knows nothing of databases or applications.
@NullMarked
package valence.node.access;

import org.jspecify.annotations.NullMarked;
