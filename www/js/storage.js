// What the page itself keeps in localStorage. A browser may refuse it: then nothing is kept, and the
// page works all the same.

export function readStored(name) {
  try {
    return JSON.parse(localStorage.getItem(`filmgate.${name}`)) ?? undefined;
  } catch {
    return undefined;
  }
}

export function writeStored(name, value) {
  try {
    if (value === undefined) localStorage.removeItem(`filmgate.${name}`);
    else localStorage.setItem(`filmgate.${name}`, JSON.stringify(value));
  } catch {
    // Nothing is kept.
  }
}

/** Prompts by job key, so that a film in the history has a name: the handle holds no prompt. */
export const notes = {
  get: (key) => readStored("notes")?.[key],
  set(key, prompt) {
    writeStored("notes", { ...readStored("notes"), [key]: prompt.slice(0, 300) });
  },
  delete(key) {
    const { [key]: _, ...others } = readStored("notes") ?? {};
    writeStored("notes", others);
  },
};
