/// Parameters and environments: what operators set and hosted code reads, without a deployment.
///
/// Both are facts of the control database, so that who changed what and when is its history. The
/// value of a secret is a fact only as its seal: AES-256-GCM, bound to its path, under a data key
/// that the [Vault] keeps in the same database, wrapped by a master key that is kept outside of it:
///
///     format u8 1 | nonce 12 bytes | encrypted, with a tag of 16 bytes      in base64
///
/// A secret leaves in plain to hosted code alone. No operation of the protocol gives it.
///
/// Knows the control database and keys. Knows nothing of the network, and not who asks.
@NullMarked
package valence.node.parameter;

import org.jspecify.annotations.NullMarked;
