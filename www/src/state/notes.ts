// What the page remembers of a job beside its record: the prompt that titles it and the request, for the next one. A
// handle holds neither. Each job has its own entry, so that two tabs do not overwrite each other's.

import type { Store, VideoRequest } from "filmgate";
import { localStore, storageKey } from "./storage.js";

const MAX_TITLE_LENGTH = 300;
const nameOf = (id: string) => `note.${id}`;

export interface JobNote {
  title: string;
  /** The request without the images from files, which are too large. */
  request?: VideoRequest;
  /** Whether there were such images. The library may have no room for them, either. */
  omitsFiles?: boolean;
  /** The provider that was chosen. */
  provider?: string;
  /** Jobs that were generated side by side have the same one. */
  group?: string;
}

/** Submits whose job may still be stored, by its id. A job that the first provider rejects is stored again. */
const submits = new Map<string, { note: JobNote; onStored: () => void }>();

export const noteOf = (id: string): JobNote | undefined => localStore.read<JobNote>(nameOf(id));

/** Notes the job with one of these ids. `stored` resolves once it is in the store, before anything is sent. */
export function noteJob(ids: (string | undefined)[], note: JobNote): { stored: Promise<void>; end(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const known = ids.filter((id) => id !== undefined);
  const short = { ...note, title: note.title.slice(0, MAX_TITLE_LENGTH) };
  for (const id of known) submits.set(id, { note: short, onStored: resolve });
  return { stored: promise, end: () => known.forEach((id) => submits.delete(id)) };
}

/** Wraps a store: a job has its note before anything is sent, until it is deleted. */
export function withNotes(store: Store): Store {
  return {
    ...store,
    async put(key, record, revision) {
      const written = await store.put(key, record, revision);
      const submit = submits.get(key);
      if (written && revision === 0 && submit) {
        localStore.write(nameOf(key), submit.note);
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
export function watchNotes(onChange: () => void): void {
  addEventListener("storage", ({ key }) => {
    if (key?.startsWith(storageKey(nameOf("")))) onChange();
  });
}
