import { tagOf } from "./tag.js";

/** Freezes plain data and everything in it; not an object of the caller, such as a `Blob`. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value) && isData(value)) {
    Object.freeze(value);
    for (const name in value) deepFreeze(value[name]);
  }
  return value;
}

const isData = (value: object): boolean => Array.isArray(value) || tagOf(value) === "Object";
