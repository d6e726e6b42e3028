/**
 * Binds all methods of an object, so that they can be destructured. They are not enumerable, as before: a log of the
 * object does not list them.
 */
export function bindMethods(object: object): void {
  for (let type = Object.getPrototypeOf(object); type !== Object.prototype; type = Object.getPrototypeOf(type)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(type))) {
      if (typeof value !== "function" || name === "constructor" || Object.hasOwn(object, name)) continue;
      Object.defineProperty(object, name, { value: value.bind(object), writable: true, configurable: true });
    }
  }
}
