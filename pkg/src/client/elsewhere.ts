// A job whose lease another process holds because it tracks the job: what this one may do meanwhile.
import type { CancelResult, Handle, Job, JobStatus, Store, StoredJob } from "../types/index.js";
import { isFinal } from "../util/status.js";
import { sleep } from "../util/sleep.js";

/** When to check a job next that another process polls. */
const NEXT_CHECK_MS = 5_000;
/** A submit of the other process may be in flight: its record gets the provider's id within this time, or not soon. */
const MAX_SUBMIT_MS = 8_000;
const RECORD_PAUSE_MS = 250;

/** The status of the job as its record has it. */
export const storedStatus = (job: StoredJob): JobStatus =>
  isFinal(job.status) ? job : { ...job, nextPollAt: Date.now() + NEXT_CHECK_MS };

/**
 * Cancels a job at RunPod, whose cancel may be repeated: the process that tracks the job sees the end at its next poll, and
 * stores it. Nothing is written here, and nothing is sent of a job without the provider's id, so that nothing is submitted.
 */
export async function cancelElsewhere(
  given: Handle,
  read: () => Promise<StoredJob | undefined>,
  open: (signal: AbortSignal) => Job,
): Promise<CancelResult> {
  const due = performance.now() + MAX_SUBMIT_MS;
  for (;;) {
    const job = await read().catch(() => undefined);
    if (job && isFinal(job.status)) {
      const result = job.status === "cancelled" ? "cancelled" : "already_finished";
      return { result, charge: (job.outcome ?? job.error)?.charge ?? "unknown" };
    }
    const { provider, jobId = given.jobId } = job?.handle ?? given;
    if (provider !== "runpod" || (jobId === undefined && performance.now() >= due)) {
      return { result: "unsupported", charge: "unknown" };
    }
    if (jobId !== undefined) break;
    await sleep(RECORD_PAUSE_MS);
  }
  const tracking = new AbortController();
  return open(tracking.signal).cancel().finally(() => tracking.abort());
}

/** The store for a job whose lease another process holds: nothing changes in it. */
export const readOnly = (store: Store): Store => ({
  get: (key) => store.get(key),
  list: () => store.list(),
  put: async () => true,
  delete: async () => {},
  lease: (_key, work) => work(),
});
