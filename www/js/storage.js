// What the page itself keeps: on this device, or in this tab alone. A browser may refuse it: then
// nothing is kept, and the page works all the same.

export const onDevice = keeper(() => localStorage);
export const inTab = keeper(() => sessionStorage);

/** The name under which the browser has what is kept. */
export const storedName = (name) => `filmgate.${name}`;

/** Asking for a storage is enough to be refused. */
function keeper(storage) {
  return {
    read(name) {
      try {
        return JSON.parse(storage().getItem(storedName(name))) ?? undefined;
      } catch {
        return undefined;
      }
    },
    /** Keeps a value, or nothing in its place; says whether that was possible. */
    write(name, value) {
      try {
        if (value === undefined) storage().removeItem(storedName(name));
        else storage().setItem(storedName(name), JSON.stringify(value));
        return true;
      } catch {
        return false;
      }
    },
  };
}
