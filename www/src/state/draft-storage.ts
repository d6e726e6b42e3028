// Saves what the form holds in this tab, so that neither a reload nor a crash loses it. API keys are
// never part of it.

import { batch, effect, untracked } from "@preact/signals";
import * as draft from "./draft.js";
import type { Parts, PickedImage } from "./draft.js";
import { modelOf } from "./models.js";
import { sessionStore } from "./storage.js";

interface SavedDraft {
  model: string;
  values: Record<string, string>;
  touched: string[];
  allowsInlineImages: boolean;
  /** The names of the images of each field. */
  images: Record<string, string[]>;
  parts: Parts;
  picked: string;
  limit: string;
}

const DRAFT = "draft";
// Images are large, so each field's are written only when they change.
const imagesKey = (path: string) => `draft.images.${path}`;
const saved = new Map<string, readonly PickedImage[]>();
const SAVE_PAUSE_MS = 120;

/** Fills the form with the saved draft, if there is one. */
export function restoreDraft(): void {
  const stored = sessionStore.read<SavedDraft>(DRAFT);
  if (stored) batch(() => restore(stored));
}

function restore(stored: SavedDraft): void {
  draft.touched.value = new Set(stored.touched);
  draft.values.value = stored.values;
  draft.chooseModel(modelOf(stored.model) ? stored.model : "");
  draft.cleared.value = [];
  draft.parts.value = stored.parts;
  draft.picked.value = stored.picked;
  draft.limit.value = stored.limit;
  for (const [path, names] of Object.entries(stored.images)) {
    const images = sessionStore.read<PickedImage[]>(imagesKey(path));
    const lost = `${names.join("; ")}: too large to be stored here. Choose it again.`;
    draft.setImages(path, images ?? [], images ? "" : lost);
    if (images) saved.set(path, images);
  }
  draft.allowsInlineImages.value = stored.allowsInlineImages;
}

/** Saves at every change, after a pause and before the page is left. */
export function keepDraft(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    current();
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_PAUSE_MS);
  });
  addEventListener("pagehide", save);
}

function current(): SavedDraft {
  const { model, values, touched, allowsInlineImages, images, parts, picked, limit } = draft;
  const named = Object.entries(images.value).map(([path, list]): [string, string[]] => [path, list.map(({ name }) => name)]);
  return {
    model: model.value,
    values: values.value,
    touched: [...touched.value],
    allowsInlineImages: allowsInlineImages.value,
    images: Object.fromEntries(named.filter(([, names]) => names.length > 0)),
    parts: parts.value,
    picked: picked.value,
    limit: limit.value,
  };
}

function save(): void {
  untracked(() => {
    sessionStore.write(DRAFT, current());
    for (const path of new Set([...Object.keys(draft.images.value), ...saved.keys()])) saveImages(path);
  });
}

function saveImages(path: string): void {
  const images = draft.images.value[path] ?? [];
  if (images === saved.get(path)) return;
  saved.set(path, images);
  const isStored = sessionStore.write(imagesKey(path), images.length > 0 ? images : undefined);
  if (!isStored) sessionStore.write(imagesKey(path), undefined);
}
