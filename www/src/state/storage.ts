// The page's own storage: on this device, or in this tab only. A browser may block it; then nothing
// is stored and the page still works.

const PREFIX = "filmgate.";

/** The key under which the browser stores `name`. */
export const storageKey = (name: string): string => PREFIX + name;

export const localStore = createStore(() => localStorage);
export const sessionStore = createStore(() => sessionStorage);

/** `storage` is a function because access alone may throw. */
function createStore(storage: () => Storage) {
  return {
    read<T>(name: string): T | undefined {
      try {
        return JSON.parse(storage().getItem(storageKey(name)) ?? "null") ?? undefined;
      } catch {
        return undefined;
      }
    },
    /** Stores a value, or removes it if `undefined`. Returns whether that worked. */
    write(name: string, value: unknown): boolean {
      try {
        if (value === undefined) storage().removeItem(storageKey(name));
        else storage().setItem(storageKey(name), JSON.stringify(value));
        return true;
      } catch {
        return false;
      }
    },
  };
}
