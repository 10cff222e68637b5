// Ids that a device makes before it sends: UUIDv7 (RFC 9562), so that they sort by the moment they were made.

const hex = (byte) => byte.toString(16).padStart(2, "0");

export function uuid7(now = Date.now()) {
  // `crypto.randomUUID` is missing on pages without TLS, such as a phone's in a shop's own network.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 6; i += 1) bytes[i] = Math.floor(now / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = Array.from(bytes, hex).join("");
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
}
