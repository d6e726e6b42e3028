// Prompts by job, which title the jobs in the list: a handle holds no prompt. Each has its own entry,
// so that two tabs do not overwrite each other's.

import { localStore, storageKey } from "./storage.js";

const MAX_NOTE_LENGTH = 300;
const nameOf = (id) => `note.${id}`;
let prompt;

export const promptNote = (id) => localStore.read(nameOf(id));

/** Titles every job stored during `work` with this prompt. */
export async function withPromptNote(jobPrompt, work) {
  prompt = jobPrompt;
  try {
    return await work();
  } finally {
    prompt = undefined;
  }
}

/** Wraps a store: a job has its note before anything is sent, until it is deleted. */
export function withPromptNotes(store) {
  return {
    ...store,
    async put(key, record, revision) {
      const written = await store.put(key, record, revision);
      if (written && revision === 0) localStore.write(nameOf(key), prompt?.slice(0, MAX_NOTE_LENGTH));
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
