const VERSION_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether it is a UUID of version 4, in lower case. */
export function isUuid(text: unknown): text is string {
  return typeof text === "string" && VERSION_4.test(text);
}

/** A UUID of version 4, also where a page has no secure context and so no `randomUUID`. */
export function randomUUID(): string {
  return toUuid(crypto.getRandomValues(new Uint8Array(16)));
}

/** The first 16 bytes as a UUID of version 4. */
export function toUuid(bytes: Uint8Array): string {
  const hex = [...bytes.subarray(0, 16)].map((byte, at) => {
    const marked = at === 6 ? (byte & 0x0f) | 0x40 : at === 8 ? (byte & 0x3f) | 0x80 : byte;
    return marked.toString(16).padStart(2, "0");
  });
  const part = (from: number, to: number) => hex.slice(from, to).join("");
  return [part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 16)].join("-");
}
