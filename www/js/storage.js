// The page's own storage: on this device, or in this tab only. A browser may block it; then nothing
// is stored and the page still works.

export const localStore = createStore(() => localStorage);
export const sessionStore = createStore(() => sessionStorage);

/** The key under which the browser stores `name`. */
export const storageKey = (name) => `filmgate.${name}`;

/** `storage` is a function because access alone may throw. */
function createStore(storage) {
  return {
    read(name) {
      try {
        return JSON.parse(storage().getItem(storageKey(name))) ?? undefined;
      } catch {
        return undefined;
      }
    },
    /** Stores a value, or removes it if `undefined`. Returns whether that worked. */
    write(name, value) {
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
