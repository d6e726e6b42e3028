// What can be done with a job that has ended: take its video, and use its request again.

import type { VideoRequest } from "filmgate";
import { Icon } from "../shell/parts.js";
import { chooseModel, edit, fill, fix, model, picked, setImages, shownFields, values } from "../state/draft.js";
import { requestOf } from "../state/library.js";
import { resumeJob } from "../state/jobs.js";
import type { JobView } from "../state/job.js";
import { MICRO_USD } from "../state/budget.js";
import { frameAt } from "../state/posters.js";
import { generateAgain, repeatUsd, submitMessage } from "../state/submit.js";
import { announce, focusById } from "../state/ui.js";
import type { VideoView } from "../state/video.js";
import { money } from "../text/format.js";
import { describeError } from "../text/messages.js";

export function JobActions({ job }: { job: JobView }) {
  const [first] = job.videos.value;
  return (
    <>
      {job.videos.value.map((view) => <Download key={view.name} view={view} />)}
      {job.note?.request && (
        <>
          <button type="button" onClick={() => void again(job, { vary: true })}><Icon name="again" /> Vary{priceOf(job)}</button>
          <button type="button" onClick={() => void edited(job)}><Icon name="edit" /> Edit</button>
        </>
      )}
      {first?.file.value && <button type="button" onClick={() => void continueFrom(first)}><Icon name="next" /> Next shot</button>}
      {job.videos.value.map(({ video, index }) => video.remixId && (
        <button key={index} type="button" onClick={() => remix(job, video.remixId!)}>Use as remix</button>
      ))}
    </>
  );
}

function Download({ view }: { view: VideoView }) {
  const file = view.file.value;
  if (file) {
    return <a class="button" href={file} download={view.name}><Icon name="download" /> Download</a>;
  }
  if (!view.source.value) return null;
  return <a class="button" href={view.source.value} target="_blank" rel="noreferrer"><Icon name="download" /> Download</a>;
}

/** What a failed job offers. */
export function RetryButtons({ job }: { job: JobView }) {
  const error = job.error.value;
  if (!error) return null;
  const { advice } = describeError(error, job.provider, job.environment);
  const isLost = error.code === "submission_unknown";
  const request = job.note?.request;
  // What was rejected has no job to resume.
  const canResume = job.continues || (advice.resume === true && error.charge !== "none");
  return (
    <>
      {canResume && <button type="button" class="primary-small" onClick={() => resumeJob(job)}>Resume</button>}
      {isLost && job.handle.value.gateway && <button type="button" onClick={() => resumeJob(job)}>Check again</button>}
      {request && !canResume && !isLost && (
        <button type="button" class="primary-small" onClick={() => void again(job)}><Icon name="again" /> Generate again{priceOf(job)}</button>
      )}
      {request && <button type="button" onClick={() => void edited(job)}><Icon name="edit" /> Edit</button>}
    </>
  );
}

export const copyHandleText = (job: JobView): string => JSON.stringify(job.handle.value);

/** What a press costs: it submits at once. */
function priceOf(job: JobView): string {
  const usd = repeatUsd(job);
  if (Number.isNaN(usd)) return ", price unknown";
  const { quote } = job.handle.value;
  return ` for ${quote?.min === Math.round(usd * MICRO_USD) ? "" : "up to "}${money(usd)}`;
}

/** Jobs whose request is being submitted again: the second press of a double click is ignored. */
const repeating = new Set<string>();

async function again(job: JobView, options: { vary?: boolean } = {}): Promise<void> {
  if (repeating.has(job.id)) return;
  repeating.add(job.id);
  await repeat(job, options).finally(() => repeating.delete(job.id));
}

/** The same request at the same provider, with a new id; `vary`: with another seed. */
async function repeat(job: JobView, { vary = false }: { vary?: boolean }): Promise<void> {
  const known = await knownOf(job);
  if (!known) return;
  if (!known.isWhole) {
    fillIn(job, known);
    submitMessage.value = `${LOST_FILES} Nothing was sent.`;
    return;
  }
  const { taskUUID: _, seed, ...others } = known.request;
  const request = (vary || seed === undefined ? others : { ...others, seed }) as VideoRequest;
  await generateAgain(job, request);
}

interface Known {
  request: VideoRequest;
  /** Whether it has the files that it was submitted with. */
  isWhole: boolean;
}

const LOST_FILES = "This browser has not kept the files of this video. Choose them again.";

/** The request of a job: of the library, or without files of the note. */
async function knownOf({ id, note }: JobView): Promise<Known | undefined> {
  const kept = await requestOf(id).catch(() => undefined);
  const request = kept ?? note?.request;
  return request && { request, isWhole: kept !== undefined || !note?.omitsFiles };
}

function fillIn({ note }: JobView, { request, isWhole }: Known): void {
  fill(request);
  if (note?.provider) picked.value = note.provider;
  submitMessage.value = isWhole ? undefined : LOST_FILES;
  focusById("prompt");
}

/** Fills the form with the request, to change it. */
async function edited(job: JobView): Promise<void> {
  const known = await knownOf(job);
  if (!known) return;
  fillIn(job, known);
  announce("The form has this video's settings.");
}

/** Fills the form with everything but the prompt that it has. */
export async function useSettings(job: JobView): Promise<void> {
  const known = await knownOf(job);
  if (!known) return;
  const own = values.value["prompt"] ?? "";
  fillIn(job, own.trim() === "" ? known : { ...known, request: { ...known.request, prompt: own } });
  announce("The form has this video's settings, and your prompt.");
}

/** The last frame of this video is the first one of the next. */
async function continueFrom(view: VideoView): Promise<void> {
  const uri = await lastFrame(view.file.value!);
  if (!uri) return announce("The last frame cannot be read.");
  if (!shownFields.value.has("image")) chooseModel("");
  setImages("image", [{ uri, name: `Last frame of ${view.name}` }]);
  edit("prompt", "");
  announce("The last frame is the first frame of the next video. Write what happens next.");
  focusById("prompt");
}

const BEFORE_END_S = 0.05;
const MAX_WIDTH = 1280;

async function lastFrame(file: string): Promise<string | undefined> {
  const frame = await frameAt(file, (duration) => Math.max(0, duration - BEFORE_END_S), MAX_WIDTH);
  return frame?.toDataURL("image/jpeg", 0.9);
}

/** Another version of this video, by the provider's own means. */
function remix(job: JobView, id: string): void {
  const wanted = job.handle.value.model;
  if (model.value !== wanted) chooseModel(wanted);
  for (const path of ["image", "size", "resolution", "aspectRatio"]) if (shownFields.value.has(path)) fix({ path });
  fix({ path: "remixId", value: id });
  focusById("prompt");
}
