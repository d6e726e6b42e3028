/**
 * What an object is, such as `Object` for plain data, of this realm or another; empty for anything else. A `Map`, `Date` or `URL` is no
 * plain data: its own fields say nothing. An instance of a plain class is. Proxies may throw.
 */
export function tagOf(value: unknown): string {
  const isObject = typeof value === "object" && value !== null;
  return isObject ? Object.prototype.toString.call(value).slice("[object ".length, -1) : "";
}
