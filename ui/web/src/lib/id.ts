// Random ids. crypto.randomUUID is absent on plain http, which a plant's intranet often is; getRandomValues is everywhere.

/** A random id of 26 characters, 130 bits, in Crockford's alphabet. */
export const randomId = (): string => {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  const bytes = crypto.getRandomValues(new Uint8Array(26));
  return Array.from(bytes, (b) => alphabet.charAt(b & 31)).join("");
};
