import { FilmgateError } from "../error.js";
import type {
  Handle,
  JobRecord,
  Status,
  Store,
  StoreEntry,
  StoredError,
  StoredJob,
} from "../types/index.js";
import { isUuid } from "../util/uuid.js";
import type { Told } from "./video.js";

/** What the store keeps of a gateway's job. */
export interface GatewayRecord extends JobRecord {
  status: Status;
  /** The body of the POST, until it is answered. */
  order?: string;
  outcome?: StoredJob["outcome"];
  error?: StoredError;
}

// A gateway's own answer may change: a lost submit turns up, a token is the right one again.
const FINAL: ReadonlySet<Status> = new Set<Status>(["completed", "failed", "cancelled"]);

/** An address is to last for the start of a download. */
const MARGIN_MS = 60_000;

/** One job, as it stands and as it is stored. */
export class Entry {
  record: GatewayRecord;
  /** Whether an order may have reached the gateway. */
  mayExist: boolean;
  #revision: number;
  readonly #store: Store;

  private constructor(store: Store, record: GatewayRecord, revision: number) {
    this.#store = store;
    this.record = record;
    this.mayExist = revision > 0;
    this.#revision = revision;
  }

  /** A new job, stored before anything of it is sent. */
  static async create(store: Store, handle: Handle, order: string): Promise<Entry> {
    const entry = new Entry(store, { handle, status: "submitting", order }, 0);
    let cause: unknown;
    try {
      if (await store.put(handle.id, entry.record, 0)) {
        entry.#revision = 1;
        return entry;
      }
    } catch (error) {
      cause = error;
    }
    throw new FilmgateError({
      code: "store_error",
      message: "The store failed, so nothing was sent.",
      retryable: true,
      handle,
      cause,
    });
  }

  /** The job of that handle, which may come from anyone: by its record, or by the gateway's id in it. */
  static async find(store: Store, gateway: string, asked: Handle, jobId?: string): Promise<Entry> {
    const { version, id } = asked;
    const entry = isUuid(id) ? await stored(store, asked) : undefined;
    const handle = entry?.record.handle ?? asked;
    if (version !== 1 || !isUuid(id) || handle.gateway !== gateway) {
      throw new FilmgateError({
        code: "job_not_found",
        message:
          "This handle is none of this gateway's, so no job can be found by it. One of a provider's " +
          "own, or of another gateway, is for the client that made it.",
      });
    }
    const known = jobId ?? handle.jobId ?? asked.jobId;
    if (!entry && !/^[\w-]+$/.test(known ?? "")) {
      const message = "The store does not know this job, and its handle holds no id of the gateway's.";
      throw new FilmgateError({ code: "job_not_found", message, handle });
    }
    const record = (entry?.record ?? { status: "queued" }) as GatewayRecord;
    const whole = { ...record, handle: { ...handle, ...(known !== undefined && { jobId: known }) } };
    return new Entry(store, whole, entry?.revision ?? 0);
  }

  get handle(): Handle {
    return this.record.handle;
  }

  /** Whether nothing more is to be learnt of it. Addresses that have run out are asked for anew. */
  get isFinal(): boolean {
    const { status, outcome } = this.record;
    const isOver = ({ expiresAt = Infinity }) => expiresAt < Date.now() + MARGIN_MS;
    return FINAL.has(status) && !outcome?.videos.some(isOver);
  }

  /** The job as its owner may see it. */
  get stored(): StoredJob {
    return storedOf(this.record);
  }

  /** An order leaves. */
  left(): void {
    this.mayExist = true;
    const { handle } = this.record;
    this.record.handle = { ...handle, submittedAt: handle.submittedAt ?? Date.now() };
  }

  /** Takes in what the gateway tells; the order is not needed any longer. */
  async take({ handle, update: { status }, outcome, error }: Told): Promise<void> {
    const isNews = this.#revision === 0 || this.record.order !== undefined || outcome || error;
    this.record = { handle, status, ...(outcome && { outcome }), ...(error && { error }) };
    if (isNews) await this.#save();
  }

  /** Ends the job here; answers with the error that says so. */
  async end(status: Status, why: FilmgateError): Promise<FilmgateError> {
    const { code, message, charge, retryable, providerCode, issues, cause } = why;
    const handle = { ...this.handle, endedAt: Date.now() };
    const { provider } = handle;
    const facts = { code, message, charge, retryable, provider, handle };
    const error = { ...facts, ...(providerCode !== undefined && { providerCode }) };
    this.record = { handle, status, error };
    await this.#save();
    return new FilmgateError({ ...error, issues, cause });
  }

  /** What another runtime may have learnt meanwhile. */
  async refresh(): Promise<void> {
    const { record, revision = this.#revision } = (await this.#store.get(this.handle.id)) ?? {};
    if (record) this.record = record as GatewayRecord;
    this.#revision = revision;
  }

  /** Stores what is known by now. Where that fails, a later look brings the same. */
  async #save(): Promise<void> {
    const { id } = this.handle;
    try {
      if (await this.#store.put(id, this.record, this.#revision)) {
        this.#revision += 1;
        return;
      }
      // Another runtime follows the same job; what was forgotten stays so.
      const now = await this.#store.get(id);
      if (now && (await this.#store.put(id, this.record, now.revision))) {
        this.#revision = now.revision + 1;
      }
    } catch {
      // The job is the gateway's, and safe there.
    }
  }
}

async function stored(store: Store, handle: Handle): Promise<StoreEntry | undefined> {
  try {
    return await store.get(handle.id);
  } catch (cause) {
    const message = "The store could not be read.";
    throw new FilmgateError({ code: "store_error", message, charge: "unknown", handle, cause });
  }
}

export function storedOf(record: JobRecord): StoredJob {
  const { handle, status, outcome, error } = record as GatewayRecord;
  return { handle, status, ...(outcome && { outcome }), ...(error && { error }) };
}
