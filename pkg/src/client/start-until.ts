// `start`, for a process that may be told to end.
import { FilmgateError } from "../error.js";
import { isFinal } from "../util/status.js";
import type { Filmgate, Handle, JobRecord, Store, StoredJob, SubmitOptions, VideoRequest } from "../types/index.js";

/** What a client of this package has besides. Its methods need no `this`. */
interface OwnClient {
  store: Store;
  fromStore: <T>(work: (store: Store) => Promise<T>) => Promise<T>;
  describe: (record: JobRecord) => StoredJob | undefined;
}

/**
 * Submits a request until the signal aborts. The call rejects with the signal's reason only if no provider has the job,
 * and nothing is sent afterwards. A submit in flight is waited for, so that its job is stored. The handle may lack
 * `acceptedAt` then: whether the provider has the job is unknown.
 */
export async function startUntil(
  client: Filmgate,
  request: VideoRequest,
  options: SubmitOptions & { idempotencyKey: string; signal: AbortSignal },
): Promise<Handle> {
  try {
    return await client.start(request, options);
  } catch (error) {
    const { idempotencyKey: id, signal } = options;
    if (!signal.aborted || error !== signal.reason) throw error;
    const { store, fromStore, describe } = client as unknown as OwnClient;
    // The submit holds the lease until its response is stored. Only the wait counts.
    await store.lease(id, async () => {}).catch(() => {});
    const entry = await fromStore((store) => store.get(id));
    const job = entry && describe(entry.record);
    if (!job || isUnsent(job)) throw error;
    if (isFinal(job.status) && job.error) throw new FilmgateError(job.error);
    return job.handle;
  }
}

/** Whether no provider has, had or may have the job. */
const isUnsent = ({ status, error, handle }: StoredJob): boolean =>
  isFinal(status) && error?.charge === "none" && handle.acceptedAt === undefined;
