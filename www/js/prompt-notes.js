// Prompts by job, so that a film in the list has a name: the handle holds no prompt. Each is kept by
// itself, so that two tabs do not undo each other's.

import { onDevice, storedName } from "./storage.js";

const LONGEST = 300;
const nameOf = (key) => `note.${key}`;
let prompt;

export const noteOf = (key) => onDevice.read(nameOf(key));

/** The prompt of the jobs that are stored while `work` goes on. */
export async function noting(itsPrompt, work) {
  prompt = itsPrompt;
  try {
    return await work();
  } finally {
    prompt = undefined;
  }
}

/** The same store. A job has its note before anything is sent, until it is deleted. */
export function withNotes(store) {
  return {
    ...store,
    async put(key, record, revision) {
      const written = await store.put(key, record, revision);
      if (written && revision === 0) onDevice.write(nameOf(key), prompt?.slice(0, LONGEST));
      return written;
    },
    async delete(key) {
      await store.delete(key);
      onDevice.write(nameOf(key), undefined);
    },
  };
}

/** Calls `changed` when another tab has begun a job, or has forgotten one. */
export function watchNotes(changed) {
  addEventListener("storage", ({ key }) => key?.startsWith(storedName(nameOf(""))) && changed());
}
