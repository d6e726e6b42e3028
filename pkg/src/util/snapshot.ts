import { MEDIA_FIELDS, bytesOf } from "./images.js";
import { tagOf } from "./tag.js";

/** No real request is nested further. */
export const MAX_DEPTH = 48;
/** No real request or response holds more values. */
export const MAX_VALUES = 50_000;

/** Stands for what could not be read: neither the module nor JSON can read it. */
const { proxy: UNREADABLE, revoke } = Proxy.revocable({}, {});
revoke();

/** A copy of bytes; undefined if the value is something else. */
export const copyOfBytes = (value: unknown): Uint8Array | undefined => bytesOf(value)?.slice();

/**
 * A copy of a request as it is at the call. A submit reads it again after each wait, and the caller may have changed it
 * by then, to submit another one. Each getter is read once. Data, `URL` objects and bytes are copied; a `Blob` never
 * changes, and validation rejects all others. The limits are those of validation. They also end cycles and sparse lists.
 */
export function snapshotOf<T>(request: T, copyBytes = copyOfBytes): T {
  let left = MAX_VALUES;
  const copy = (holder: any, name: string | number, depth: number): unknown => {
    try {
      const value = holder[name];
      const length = Array.isArray(value) ? value.length : -1;
      if (depth > MAX_DEPTH || --left < 0 || length > left) return UNREADABLE;
      const field = (name: string | number) => copy(value, name, depth + 1);
      if (length >= 0) return Array.from({ length }, (_, at) => field(at));
      const tag = tagOf(value);
      if (tag === "URL") return new URL(value);
      if (tag !== "Object") return copyBytes(value) ?? value;
      // Those of media may be inherited, as from a class with getters.
      const names = new Set([...Object.keys(value), ...MEDIA_FIELDS.filter((name) => name in value)]);
      return Object.fromEntries([...names].map((name) => [name, field(name)]));
    } catch {
      // A getter or proxy threw.
      return UNREADABLE;
    }
  };
  return copy([request], 0, 0) as T;
}
