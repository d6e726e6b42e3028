// All videos of the environment: searched, filtered, and how much of the device they take.

import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { JobState } from "../library/index.js";
import { Icon } from "../shell/parts.js";
import { environment } from "../state/environment.js";
import { jobs } from "../state/jobs.js";
import { changes, keepsNothing, libraryModule, openedLibrary, storage } from "../state/library.js";
import { modelName } from "../state/models.js";
import { isGalleryOpen } from "../state/ui.js";
import { size } from "../text/format.js";
import { VideoCard } from "./video-card.js";

const STATES: [JobState | "", string][] = [
  ["", "Every state"],
  ["running", "Running"],
  ["completed", "Completed"],
  ["failed", "Failed"],
  ["unknown", "Outcome unknown"],
];

export function Gallery() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = isGalleryOpen.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog class="gallery" ref={dialog} aria-labelledby="gallery-title" onClose={() => (isGalleryOpen.value = false)}>
      {isOpen && <Contents />}
    </dialog>
  );
}

function Contents() {
  const words = useSignal("");
  const state = useSignal<JobState | "">("");
  const model = useSignal("");
  const found = useSignal<ReadonlySet<string> | undefined>(undefined);
  const id = environment.value?.id;
  const filter = { words: words.value, state: state.value || undefined, model: model.value || undefined, environment: id };
  useEffect(() => {
    let isCurrent = true;
    void Promise.all([openedLibrary(), libraryModule()]).then(async ([library, { searchJobs }]) => {
      const all = searchJobs(await library.jobs(), filter);
      if (isCurrent) found.value = new Set(all.map((job) => job.id));
    });
    return () => void (isCurrent = false);
  }, [JSON.stringify(filter), changes.value]);
  const list = (jobs.value ?? []).filter((job) => found.value?.has(job.id));
  const models = [...new Set((jobs.value ?? []).map((job) => job.handle.value.model))];
  return (
    <>
      <div class="gallery-head">
        <h2 id="gallery-title">Videos</h2>
        <label class="hidden" for="gallery-search">Search</label>
        <input id="gallery-search" type="search" placeholder="Prompt or model" value={words} onInput={({ currentTarget }) => (words.value = currentTarget.value)} />
        <label class="hidden" for="gallery-state">State</label>
        <select id="gallery-state" value={state} onChange={({ currentTarget }) => (state.value = currentTarget.value as JobState | "")}>
          {STATES.map(([value, label]) => <option key={value} value={value}>{label}</option>)}
        </select>
        <label class="hidden" for="gallery-model">Model</label>
        <select id="gallery-model" value={model} onChange={({ currentTarget }) => (model.value = currentTarget.value)}>
          <option value="">Every model</option>
          {models.map((each) => <option key={each} value={each}>{modelName(each)}</option>)}
        </select>
        <button type="button" class="quiet" aria-label="Close the gallery" onClick={() => (isGalleryOpen.value = false)}><Icon name="close" /></button>
      </div>
      <p class="hint gallery-count" role="status">
        {found.value === undefined ? "Searching…" : list.length === 1 ? "1 video." : `${list.length} videos.`} {storageText()}
      </p>
      <ul class="grid">{list.map((job) => <VideoCard key={job.id} job={job} onChoose={() => (isGalleryOpen.value = false)} />)}</ul>
    </>
  );
}

function storageText(): string {
  if (keepsNothing.value !== undefined) return keepsNothing.value;
  const { usedBytes, quotaBytes } = storage.value ?? {};
  if (usedBytes === undefined) return "";
  return `${size(usedBytes)} used on this device${quotaBytes ? ` of at most ${size(quotaBytes)}` : ""}.`;
}
