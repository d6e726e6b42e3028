import { toHex } from "./encoding.js";

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether the value is a UUID v4 in lower case. */
export function isUuid(value: unknown): value is string {
  return typeof value === "string" && UUID_V4.test(value);
}

/** A random UUID v4. `crypto.randomUUID` does not exist in a page without a secure context. */
export function randomUUID(): string {
  return toUuid(crypto.getRandomValues(new Uint8Array(16)));
}

/** The first 16 bytes as a UUID v4. */
export function toUuid(bytes: Uint8Array): string {
  const marked = bytes.slice(0, 16);
  marked[6] = (marked[6]! & 0x0f) | 0x40;
  marked[8] = (marked[8]! & 0x3f) | 0x80;
  return toHex(marked).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
