// The jobs that the store of the shown environment holds, newest first. Pending ones resume by themselves after a
// reload; one tab polls each.

import { computed, effect, signal, untracked } from "@preact/signals";
import type { Handle, Job, StoredJob, SubmitOptions, Video, VideoRequest } from "filmgate";
import { randomUUID } from "../../../pkg/dist/util/uuid.js";
import { providerName } from "../text/format.js";
import type { ShownError } from "../text/messages.js";
import { prepareSubmit } from "./break-it.js";
import { countPending, environment, pageSimulator } from "./environment.js";
import type { Environment } from "./environment.js";
import { JobView } from "./job.js";
import { noteRequest, recordJobs, removeJob } from "./library.js";
import { noteJob, watchNotes } from "./notes.js";
import { applySettings, local } from "./settings.js";
import type { EnvironmentId } from "./settings.js";
import { closeToast, showToast } from "./ui.js";

/** The jobs of the shown environment; `undefined` until they are read. */
export const jobs = signal<readonly JobView[] | undefined>(undefined);
/** The id of the job on the stage; `undefined`: the stage is empty. */
export const selectedId = signal<string | undefined>(undefined);
export const selectedJob = computed(() => jobs.value?.find(({ id }) => id === selectedId.value));
/** Whether the browser lets the page read its jobs. */
export const storeFailure = signal<string | undefined>(undefined);
/** The number of pending jobs of each environment that is not shown: after a reload they are not polled. */
export const pendingElsewhere = signal<Partial<Record<EnvironmentId, number>>>({});

const views = new Map<string, JobView>();
/** Jobs that are deleted once they can no longer be brought back. */
const leaving = new Set<string>();
let shown: Environment | undefined;
const REREAD_MS = 5_000;
let rereading: ReturnType<typeof setTimeout> | undefined;

// A cancel is sent by the tab that polls the job, which may be another one.
const otherTabs = new BroadcastChannel("filmgate.cancel");
// Jobs that another tab cancelled before they were shown here.
const cancelledEarly = new Set<string>();
otherTabs.addEventListener("message", ({ data: key }: MessageEvent<string>) => {
  const view = views.get(key);
  if (view) cancelQuietly(view);
  else cancelledEarly.add(key);
});

// The job's own view shows the result.
const cancelQuietly = (view: JobView) => void view.job?.cancel().catch(() => {});

const keyOf = ({ id: environmentId }: Environment, { id }: Handle): string => `${environmentId} ${id}`;

effect(() => {
  const current = environment.value;
  if (current) untracked(() => void open(current));
});
watchNotes(() => void refreshJobs());

async function open(current: Environment): Promise<void> {
  const isOther = shown?.id !== current.id;
  shown = current;
  if (isOther) {
    closeToast();
    jobs.value = undefined;
    selectedId.value = undefined;
    storeFailure.value = undefined;
  }
  await Promise.all([show(current, isOther), countElsewhere(current)]);
}

async function countElsewhere(current: Environment): Promise<void> {
  const ids: EnvironmentId[] = ["page", ...(local ? ["local" as const] : []), "live", "gateway"];
  const others = ids.filter((id) => id !== current.id);
  const counts = await Promise.all(others.map((id) => countPending(id).catch(() => 0)));
  pendingElsewhere.value = Object.fromEntries(others.map((id, index) => [id, counts[index]]));
}

/** Reads the same environment again: another tab may have created or deleted a job. */
async function refreshJobs(): Promise<void> {
  if (shown) await show(shown, false);
}

async function show(current: Environment, selectsNewest: boolean): Promise<void> {
  let stored: StoredJob[];
  try {
    stored = await current.client.jobs();
  } catch {
    if (shown === current) missRead(current, selectsNewest);
    return;
  }
  if (shown !== current) return;
  storeFailure.value = undefined;
  forgetDeleted(current, stored);
  void recordJobs(current.id, stored);
  const list = stored.map((job) => restore(current, job)).filter(({ id }) => !leaving.has(id));
  // The first job, which may be another tab's, takes the empty stage.
  const isFirst = jobs.value?.length === 0;
  jobs.value = list;
  if (selectsNewest || isFirst) selectedId.value ??= list[0]?.id;
  else if (selectedId.value !== undefined && !list.some(({ id }) => id === selectedId.value)) selectedId.value = undefined;
}

/** What is shown stays, and is read again later. */
function missRead(current: Environment, selectsNewest: boolean): void {
  storeFailure.value = jobs.value?.length
    ? "The browser could not read the stored jobs: this list may be out of date."
    : "This browser blocks storage for the page: jobs are not kept, and nothing can be generated.";
  jobs.value ??= [];
  clearTimeout(rereading);
  rereading = setTimeout(() => {
    if (shown === current) void show(current, selectsNewest);
  }, REREAD_MS);
}

/** Closes the views of jobs that another tab deleted. */
function forgetDeleted(current: Environment, stored: StoredJob[]): void {
  const known = new Set(stored.map(({ handle }) => keyOf(current, handle)));
  for (const [key, view] of views) {
    if (!key.startsWith(`${current.id} `) || known.has(key)) continue;
    view.close();
    views.delete(key);
  }
}

/** A stored job in its stored state; a pending job is resumed. */
function restore(current: Environment, stored: StoredJob): JobView {
  const { handle, outcome, error, status } = stored;
  const key = keyOf(current, handle);
  let view = views.get(key);
  // The first provider has rejected it, and it is now submitted at the next.
  if (view && view.listing !== `${handle.provider}:${handle.providerModelId}` && !handle.gateway) {
    view.close();
    view = undefined;
  }
  view ??= new JobView(handle, current);
  views.set(key, view);
  view.readNote();
  if (view.job || view.state.value === "completed") return view;
  const isOld = (video: Video) => current.archives?.(video) === true && (video.expiresAt ?? Infinity) < Date.now();
  const isStale = outcome?.videos.some(isOld) && !current.lacksKey();
  if (outcome && !isStale) view.complete(outcome, false);
  else if (error) view.fail({ ...error, handle }, false);
  else if (current.lacksKey(handle.provider)) view.fail(missingKeyError(handle), false);
  else void track(view, key, status, () => current.client.resume(handle));
  return view;
}

async function track(view: JobView, key: string, status: string, start: () => Job): Promise<void> {
  let job: Job | undefined;
  try {
    job = start();
    view.run(job, status);
    if (cancelledEarly.delete(key)) cancelQuietly(view);
    for await (const update of job) view.update(update);
    view.complete(await job.result(), true);
  } catch (error) {
    view.fail(error as ShownError, true);
  } finally {
    if (view.job === job) view.job = undefined;
    void recordEnd(view);
  }
}

/** What the job cost, once its end is stored. */
async function recordEnd({ environment: { id, client } }: JobView): Promise<void> {
  await recordJobs(id, await client.jobs().catch(() => []));
}

/** Resumes a job that could not be tracked, or whose id at the provider the user has found. */
export function resumeJob(view: JobView, jobId?: string): void {
  applySettings();
  // The shown client is the newest of this environment, with the current keys.
  const { client } = shown ?? view.environment;
  const handle = view.handle.value;
  void track(view, keyOf(view.environment, handle), "reconciling", () => client.resume(handle, { jobId }));
}

export function cancelJob(view: JobView): Promise<void> {
  return view.cancel((job) => {
    if (!view.environment.isShared) otherTabs.postMessage(keyOf(view.environment, view.handle.value));
    return job.cancel();
  });
}

/** Takes a job out of the list; its record is deleted when that can no longer be undone. */
export function deleteJob(view: JobView): void {
  const list = jobs.value ?? [];
  const index = list.indexOf(view);
  closeToast();
  leaving.add(view.id);
  jobs.value = list.filter((other) => other !== view);
  if (selectedId.value === view.id) selectedId.value = (list[index + 1] ?? list[index - 1])?.id;
  showToast({
    text: "Deleted from this list.",
    action: "Undo",
    onAction() {
      leaving.delete(view.id);
      selectedId.value = view.id;
      void refreshJobs();
    },
    onClose() {
      void deleteRecord(view);
    },
  });
}

async function deleteRecord(view: JobView): Promise<void> {
  await view.environment.client.deleteJob(view.handle.value);
  await removeJob(view.id);
  view.close();
  views.delete(keyOf(view.environment, view.handle.value));
  leaving.delete(view.id);
}

export interface Submission {
  request: VideoRequest;
  provider: string;
  maxCostUsd?: number;
  allowUnknownCost?: boolean;
  /** Jobs that are generated side by side have the same one. */
  group?: string;
}

/**
 * Submits. Resolves once the job is stored and shown, which is before anything is sent, with `submitted`, the rest
 * of the submit. Rejects if there is no job.
 */
export async function submitJob(
  current: Environment,
  { request, provider, maxCostUsd, allowUnknownCost, group }: Submission,
): Promise<{ id: string; submitted: Promise<Job> }> {
  if (current.id === "page") await pageSimulator();
  if (current.isSimulated) await prepareSubmit(current.id);
  const idempotencyKey = randomUUID();
  // Runware's job has the request's own id, if there is one.
  const ids = [idempotencyKey, request.taskUUID?.toLowerCase()];
  noteRequest(ids, request);
  const note = noteJob(ids, { title: request.prompt ?? "", request: withoutFiles(request), omitsFiles: hasFiles(request), provider, group });
  const options: SubmitOptions = { provider: provider as "cheapest", maxCostUsd, allowUnknownCost, idempotencyKey };
  const submitting = current.client.submit(request, options);
  const showJobs = () => (shown?.id === current.id ? show(shown, false) : undefined);
  const submitted = submitting.finally(() => (note.end(), showJobs()));
  submitted.catch(() => {}); // The caller may not wait for it.
  const first = await Promise.race([note.stored, submitted]);
  await showJobs();
  const id = first?.handle.id ?? (jobs.value?.find((job) => ids.includes(job.id))?.id ?? idempotencyKey);
  return { id, submitted };
}

const isFile = (value: unknown): boolean => typeof value === "string" && value.startsWith("data:");
const hasFiles = (request: VideoRequest): boolean => Object.values(request).flat().some(isFile);

/** The request without images from files: they are too large to be kept. */
function withoutFiles(request: VideoRequest): VideoRequest {
  const entries = Object.entries(request).flatMap(([name, value]) => {
    if (Array.isArray(value)) return [[name, value.filter((item) => !isFile(item))]];
    return isFile(value) ? [] : [[name, value]];
  });
  return Object.fromEntries(entries) as VideoRequest;
}

/** A job that cannot be polled until the user enters the key again. */
function missingKeyError(handle: Handle): ShownError {
  const name = handle.gateway ? "gateway's" : providerName(handle.provider);
  return { code: "missing_api_key", message: `Waiting for the ${name} API key`, handle };
}
