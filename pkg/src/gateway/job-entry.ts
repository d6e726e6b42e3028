import { FilmgateError } from "../error.js";
import type {
  Handle,
  Issue,
  JobRecord,
  Status,
  Store,
  StoreEntry,
  StoredError,
  StoredJob,
} from "../types/index.js";
import { invalidHandle } from "../client/options.js";
import { isUuid } from "../util/uuid.js";
import { within } from "../util/within.js";
import type { JobSnapshot } from "./video.js";

/** A gateway job as it is stored. */
export interface GatewayRecord extends JobRecord {
  status: Status;
  /** The body of the create request, until it is answered. */
  body?: string;
  outcome?: StoredJob["outcome"];
  error?: StoredError;
  warnings?: Issue[];
}

// Other ends of a gateway's job may change: a lost submit is recovered, or an API key is corrected.
const FINAL: ReadonlySet<Status> = new Set<Status>(["completed", "failed", "cancelled"]);

const MAX_WRITE_MS = 2_000;

/** A URL must stay valid long enough to start a download. */
const MARGIN_MS = 60_000;

/** One job's state, and its record in the store. */
export class JobEntry {
  record: GatewayRecord;
  /** Whether a create request may have reached the gateway. */
  maybeSubmitted: boolean;
  #revision: number;
  readonly #store: Store;

  private constructor(store: Store, record: GatewayRecord, revision: number) {
    this.#store = store;
    this.record = record;
    this.maybeSubmitted = revision > 0;
    this.#revision = revision;
  }

  /** A new job, stored before anything is sent. */
  static async create(store: Store, handle: Handle, body: string): Promise<JobEntry> {
    const entry = new JobEntry(store, { handle, status: "submitting", body }, 0);
    let cause: unknown;
    try {
      if (await store.put(handle.id, entry.record, 0)) {
        entry.#revision = 1;
        return entry;
      }
    } catch (error) {
      cause = error;
      // It may have been written nevertheless.
      await entry.discard().catch(() => {});
    }
    throw notStored(handle, cause);
  }

  /** Removes the first record of a job of which nothing was sent. */
  async discard(): Promise<void> {
    const { id, createdAt } = this.handle;
    const found = await this.#store.get(id);
    if (found?.revision === 1 && found.record.handle.createdAt === createdAt) await this.#store.delete(id);
  }

  /** The job of a handle, which is untrusted: by its record, or by the gateway's id in it. */
  static async find(store: Store, gateway: string, given: Handle, jobId?: string): Promise<JobEntry> {
    const { version, id } = given;
    if (version !== 1 || !isUuid(id)) throw invalidHandle();
    const entry = await stored(store, given);
    const handle = entry?.record.handle ?? given;
    if (handle.id !== id || handle.gateway !== gateway) {
      throw invalidHandle("This handle is not of this gateway. Use the client that created it.");
    }
    const known = jobId ?? handle.jobId ?? given.jobId;
    if (!entry && !/^[\w-]+$/.test(known ?? "")) {
      throw invalidHandle("The store has no record of this job, and its handle has no gateway id.", handle);
    }
    const record = (entry?.record ?? { status: "queued" }) as GatewayRecord;
    const complete = { ...record, handle: { ...handle, ...(known !== undefined && { jobId: known }) } };
    return new JobEntry(store, complete, entry?.revision ?? 0);
  }

  get handle(): Handle {
    return this.record.handle;
  }

  /** Whether its state is final. Expired URLs have to be fetched again. */
  get isFinal(): boolean {
    const { status, outcome } = this.record;
    const isExpired = ({ expiresAt = Infinity }) => expiresAt < Date.now() + MARGIN_MS;
    return FINAL.has(status) && !outcome?.videos.some(isExpired);
  }

  /** The job as the caller sees it. */
  get stored(): StoredJob {
    return storedOf(this.record);
  }

  /** A create request is being sent. */
  markSubmitted(): void {
    this.maybeSubmitted = true;
    const { handle } = this.record;
    this.record.handle = { ...handle, submittedAt: handle.submittedAt ?? Date.now() };
  }

  /** Applies a snapshot; the request's body is not needed any more. */
  async apply(snapshot: JobSnapshot): Promise<void> {
    const { handle, update: { status }, outcome, error, warnings = this.record.warnings } = snapshot;
    const hasChanged = this.#revision === 0 || this.record.body !== undefined || outcome || error;
    this.record = storedOf({ handle, status, outcome, error, warnings });
    if (hasChanged) await this.#save();
  }

  /** Ends the job here; returns its error. */
  async end(status: Status, reason: FilmgateError): Promise<FilmgateError> {
    const { code, message, charge, retryable, providerCode, issues, cause } = reason;
    const handle = { ...this.handle, endedAt: Date.now() };
    const { provider } = handle;
    const error = { code, message, charge, retryable, provider, handle, ...(providerCode && { providerCode }) };
    this.record = { handle, status, error };
    await this.#save();
    return new FilmgateError({ ...error, issues, cause });
  }

  /** Loads what another runtime may have stored meanwhile. */
  async refresh(): Promise<void> {
    const { record, revision = this.#revision } = (await this.#store.get(this.handle.id)) ?? {};
    if (record) this.record = record as GatewayRecord;
    this.#revision = revision;
  }

  /** Stores the current state. If that fails, the next poll returns the same. */
  async #save(): Promise<void> {
    // The caller does not wait longer for a store that stands still.
    await within(this.#write(), MAX_WRITE_MS, () => undefined).catch(() => {});
  }

  async #write(): Promise<void> {
    const { id } = this.handle;
    try {
      if (await this.#store.put(id, this.record, this.#revision)) {
        this.#revision += 1;
        return;
      }
      // Another runtime tracks the same job; a deleted record stays deleted.
      const now = await this.#store.get(id);
      if (now && (await this.#store.put(id, this.record, now.revision))) {
        this.#revision = now.revision + 1;
      }
    } catch {
      // The gateway has the job; nothing is lost.
    }
  }
}

export function notStored(handle: Handle, cause: unknown): FilmgateError {
  const message = "The job could not be stored, so nothing was sent. Check the store and submit again.";
  return new FilmgateError({ code: "store_error", message, retryable: true, handle, cause });
}

export function storeFailed(handle: Handle, cause: unknown): FilmgateError {
  const message = "The store failed: see `cause`. The job may continue: resume it by its handle.";
  return new FilmgateError({ code: "store_error", message, charge: "unknown", handle, cause });
}

async function stored(store: Store, handle: Handle): Promise<StoreEntry | undefined> {
  try {
    const entry = await store.get(handle.id);
    // A shared store may contain anything.
    return entry?.record?.handle ? entry : undefined;
  } catch (cause) {
    throw storeFailed(handle, cause);
  }
}

export function storedOf(record: JobRecord): StoredJob & JobRecord {
  const { handle, status, outcome, error, warnings } = record as GatewayRecord;
  const result = { ...(outcome && { outcome }), ...(error && { error }), ...(warnings && { warnings }) };
  return { handle, status, ...result };
}
