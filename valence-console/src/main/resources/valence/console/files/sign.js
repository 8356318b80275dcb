// Signatures as docs/protocol.md has them. The secret isn't kept: what is made of it is.

const SCHEME = "valence-hmac-sha256";
const KEPT = "valence.key";
const HMAC = { name: "HMAC", hash: "SHA-256" };

const utf8 = (text) => new TextEncoder().encode(text);
const hex = (buffer) => Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));

async function hmac(key, text) {
  const imported = await crypto.subtle.importKey("raw", key, HMAC, false, ["sign"]);
  return crypto.subtle.sign("HMAC", imported, text);
}

export class Signer {
  #key; // in hexadecimal: 32 bytes made of the secret
  #ahead = 0; // of the node's clock before ours, in ms

  constructor(keyId, key) {
    this.keyId = keyId;
    this.#key = key;
  }

  /** Throws an Error with a sentence when the two can't be a key. */
  static async of(keyId, secret) {
    if (!/^VK[0-9A-Fa-f]{20}$/.test(keyId)) {
      throw new Error("A key's id is VK and 20 hexadecimal digits.");
    }
    if (secret.length !== 43) {
      throw new Error(`A secret has 43 characters; this one has ${secret.length}.`);
    }
    if (!crypto.subtle) {
      throw new Error("The browser signs only over https, or on this machine. Use the https address.");
    }
    return new Signer(keyId, hex(await hmac(utf8(secret), utf8(`valence-access-1:${keyId}`))));
  }

  /** What was kept for this tab; null when nothing was. */
  static kept() {
    const [keyId, key] = (sessionStorage.getItem(KEPT) ?? "").split(" ");
    return key ? new Signer(keyId, key) : null;
  }

  static forget() {
    sessionStorage.removeItem(KEPT);
  }

  keep(wanted) {
    if (wanted) {
      sessionStorage.setItem(KEPT, `${this.keyId} ${this.#key}`);
    } else {
      Signer.forget();
    }
  }

  /** Signs with the node's clock from now on. */
  takeTime(nodeMillis) {
    this.#ahead = Number(nodeMillis) - Date.now();
  }

  /** The authorization header of a request. */
  async header(method, path, body) {
    const time = Math.round(Date.now() + this.#ahead);
    const nonce = hex(crypto.getRandomValues(new Uint8Array(16)));
    const digest = hex(await crypto.subtle.digest("SHA-256", body));
    const lines = [SCHEME, this.keyId, time, nonce, method, path, "", digest, ""];
    const signature = hex(await hmac(unhex(this.#key), utf8(lines.join("\n"))));
    return `${SCHEME} key=${this.keyId}, time=${time}, nonce=${nonce}, body=${digest}, signature=${signature}`;
  }
}
