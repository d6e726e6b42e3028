// Prompts by job, which title the jobs in the list: a handle holds no prompt. Each has its own entry,
// so that two tabs do not overwrite each other's.

import { localStore, storageKey } from "./storage.js";

const MAX_NOTE_LENGTH = 300;
const nameOf = (id) => `note.${id}`;
// Submits whose job may still be stored, by its id: `{ prompt, onStored }`. A job that the first provider rejects is
// stored again for the next one.
const submits = new Map();

export const promptNote = (id) => localStore.read(nameOf(id));

/** Titles the job with one of these ids. `stored` resolves once it is in the store, before anything is sent. */
export function notePrompt(ids, prompt) {
  let onStored;
  const stored = new Promise((resolve) => (onStored = resolve));
  for (const id of ids) submits.set(id, { prompt, onStored });
  return { stored, end: () => ids.forEach((id) => submits.delete(id)) };
}

/** Wraps a store: a job has its note before anything is sent, until it is deleted. */
export function withPromptNotes(store) {
  return {
    ...store,
    async put(key, record, revision) {
      const written = await store.put(key, record, revision);
      const submit = submits.get(key);
      if (written && revision === 0 && submit) {
        localStore.write(nameOf(key), submit.prompt.slice(0, MAX_NOTE_LENGTH));
        submit.onStored();
      }
      return written;
    },
    async delete(key) {
      await store.delete(key);
      localStore.write(nameOf(key), undefined);
    },
  };
}

/** Calls `onChange` when another tab creates or deletes a job. */
export function watchPromptNotes(onChange) {
  addEventListener("storage", ({ key }) => key?.startsWith(storageKey(nameOf(""))) && onChange());
}
