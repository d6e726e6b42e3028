// What this browser keeps beside the jobs: the videos themselves, their pictures, the requests, and what was spent.

import { signal } from "@preact/signals";
import type { StoredJob, VideoRequest } from "filmgate";
import type { Library, Spending, StorageUse } from "../library/index.js";
import { modelName } from "./models.js";
import { connection } from "./settings.js";
import type { EnvironmentId } from "./settings.js";

interface Opened {
  module: typeof import("../library/index.js");
  library: Library;
}

let opening: Promise<Opened> | undefined;

/** Opened at the first use: the form does not need it. */
function opened(): Promise<Opened> {
  opening ??= import("../library/index.js").then(async (module) => ({
    module,
    library: await module.openLibrary({ onChange: () => changed() }),
  }));
  return opening;
}

/** Why videos cannot be kept here; `undefined` if they can. */
export const keepsNothing = signal<string | undefined>(undefined);
/** The videos that are kept: `id index`. */
const keptVideos = signal<ReadonlySet<string>>(new Set());
export const spending = signal<Spending | undefined>(undefined);
export const storage = signal<StorageUse | undefined>(undefined);
/** Counts the changes of the library, in this tab or another. */
export const changes = signal(0);

let pause: ReturnType<typeof setTimeout> | undefined;
const CHANGE_PAUSE_MS = 200;

function changed(): void {
  changes.value += 1;
  clearTimeout(pause);
  pause = setTimeout(() => void refresh(), CHANGE_PAUSE_MS);
}

async function refresh(): Promise<void> {
  const { library, module } = await opened();
  keepsNothing.value = library.videos.unavailable;
  const [kept, spent, used] = await Promise.all([
    library.videos.list(),
    library.spending([connection.peek().id]),
    module.storageUse(),
  ]);
  keptVideos.value = new Set(kept.map(({ id, index }) => keyOf(id, index)));
  spending.value = spent;
  storage.value = used;
}

const keyOf = (id: string, index: number): string => `${id} ${index}`;

export const isKept = (id: string, index: number): boolean => keptVideos.value.has(keyOf(id, index));

export const openedLibrary = async (): Promise<Library> => (await opened()).library;
export const libraryModule = async () => (await opened()).module;

/** Records the jobs of an environment, and shows what they cost. */
export async function recordJobs(environment: EnvironmentId, stored: readonly StoredJob[]): Promise<void> {
  const library = await openedLibrary();
  await library.record(
    ...stored.map((job) => ({
      ...job,
      environment,
      request: requests.get(job.handle.id),
      modelName: modelName(job.handle.model),
    })),
  );
  for (const { handle } of stored) requests.delete(handle.id);
  changed();
}

/** The requests of jobs that are not recorded yet. */
const requests = new Map<string, VideoRequest>();

export function noteRequest(ids: readonly (string | undefined)[], request: VideoRequest): void {
  for (const id of ids) if (id !== undefined) requests.set(id, request);
}

/** The request of a job, with its images. */
export async function requestOf(id: string): Promise<VideoRequest | undefined> {
  return requests.get(id) ?? (await openedLibrary()).request(id);
}

/** Keeps a video that was downloaded. */
export async function keepVideo(id: string, index: number, blob: Blob): Promise<boolean> {
  const library = await openedLibrary();
  const download = async (_video: unknown, sink: unknown) => {
    const file = await (sink as FileSystemFileHandle).createWritable();
    await file.write(blob);
    await file.close();
    return { bytes: blob.size };
  };
  const { kept } = await library.keep(id, index, {}, { download } as never);
  if (kept) keptVideos.value = new Set([...keptVideos.value, keyOf(id, index)]);
  return kept;
}

export async function keptVideo(id: string, index: number): Promise<Blob | undefined> {
  return (await openedLibrary()).videos.open(id, index);
}

/** Deletes for good what is kept of a job. What it cost stays. */
export async function removeJob(id: string): Promise<void> {
  const { library, module } = await opened();
  await library.delete(id);
  await library.purge(async () => {}, Date.now() + module.UNDO_MS);
  changed();
}
