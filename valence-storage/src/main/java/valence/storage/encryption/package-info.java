/// Encryption at rest: a storage whose records, values and blobs are sealed, upon any other.
///
/// # Keys
///
/// A *master key* is kept outside the storage, by a [KeyService]; [KeyFile] is one. *Data keys*
/// seal what is stored. They are made here, and kept in the storage itself, each wrapped by a
/// master key, in the ref [KeyRing#REF]:
///
///     valence key ring 1
///     storage <UUID>
///     names <id of the master key> <wrapped key, base64>
///     1 <id of the master key> <wrapped key, base64>
///     2 …
///
/// The highest number seals what is written from now on; the lower ones open what is older. A new
/// data key, or a new master key, rewrites this ref alone. The key `names` stays for ever. A
/// wrapped key is bound to its storage and its line.
///
/// # The seal
///
///     0  format  u8   1
///     1  key     u32  little-endian, the number of the data key
///     5  nonce   24 bytes, random
///     29 what was sealed, encrypted; its tag of 16 bytes
///
/// by XAES-256-GCM (C2SP), which is AES-256-GCM with a key of its own for each message, derived
/// from the data key and the first half of the nonce. So a random nonce may be taken for any number
/// of messages: among 2^80 of them two share one with a probability of 2^-33. With the 12 bytes of
/// plain GCM a busy log would come near its bound of 2^32 messages for a key within a year.
///
/// Bound to each seal, as associated data, are bytes 0 to 4 and the place:
///
///     'L' | database, 16 bytes | position, 8 bytes       a record
///     'R' | name, ASCII                                  a value of a ref
///     'B' | id, 32 bytes                                 a blob
///
/// so none can be moved to another place, or altered, without being found out.
///
/// # Names of blobs
///
/// A blob's id is the SHA-256 of its plain bytes: callers don't notice the encryption, and equal
/// blobs are stored once. The store below sees a permutation of the id under the key `names`
/// ([BlobNames]), since the hash itself would tell who guesses the bytes that he is right.
///
/// # What it doesn't do
///
/// Hide names of refs, ids of databases, sizes and times. Find out that a storage as a whole, or a
/// ref alone, was put back to what it once was: whoever can write to the storage can do that.
///
/// Knows bytes and the storage's interfaces. Knows nothing of datoms.
@NullMarked
package valence.storage.encryption;

import org.jspecify.annotations.NullMarked;
