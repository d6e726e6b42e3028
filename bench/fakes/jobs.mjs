// The jobs of one fake provider, and their charges. As in the simulator, a finished job is charged, and
// so is one that was cancelled after it started.
const QUEUE_SHARE = 0.2;

export class Jobs {
  #jobDurationMs;
  #newId;
  #all = new Map();

  constructor({ jobDurationMs, newId }) {
    this.#jobDurationMs = jobDurationMs;
    this.#newId = newId;
  }

  accept() {
    const now = Date.now();
    const job = { id: this.#newId(), acceptedAt: now, endsAt: now + this.#jobDurationMs };
    this.#all.set(job.id, job);
    return job;
  }

  find(id) {
    return this.#all.get(id);
  }

  /** Whether the cancel came in time to stop the job. */
  cancel(job, now = Date.now()) {
    if (this.status(job, now) === "completed") return false;
    job.cancelledAt ??= now;
    return true;
  }

  status(job, now = Date.now()) {
    if (job.cancelledAt !== undefined) return "cancelled";
    if (now >= job.endsAt) return "completed";
    return now >= startsAt(job) ? "running" : "queued";
  }

  /** Every job: its id, its end, whether it is charged, whether it was cancelled. */
  account(now = Date.now()) {
    return [...this.#all.values()].map((job) => ({
      id: job.id,
      endsAt: job.cancelledAt ?? job.endsAt,
      charged: job.cancelledAt ? job.cancelledAt >= startsAt(job) : now >= job.endsAt,
      cancelled: job.cancelledAt !== undefined,
    }));
  }
}

const startsAt = ({ acceptedAt, endsAt }) => acceptedAt + (endsAt - acceptedAt) * QUEUE_SHARE;
