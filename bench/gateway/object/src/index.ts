// The least that an object for each job costs: a new one stores a text and sets an alarm, which stores another.
import { DurableObject } from "cloudflare:workers";

interface Env {
  JOBS: DurableObjectNamespace<Job>;
}

/** As long as a small job's record. */
const TEXT = "x".repeat(2_000);

export class Job extends DurableObject<Env> {
  async create(): Promise<void> {
    this.ctx.storage.kv.put("created", TEXT);
    void this.ctx.storage.setAlarm(Date.now());
  }

  override async alarm(): Promise<void> {
    this.ctx.storage.kv.put("submitted", TEXT);
  }
}

export default {
  async fetch(_, { JOBS }) {
    const id = JOBS.newUniqueId();
    await JOBS.get(id).create();
    return Response.json({ id: id.toString() });
  },
} satisfies ExportedHandler<Env>;
