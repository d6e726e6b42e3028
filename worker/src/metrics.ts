// Counters in Analytics Engine. The places of a data point are its columns: they are only ever added to.
import type { Env } from "./env.js";
import type { Facts } from "./log.js";

/** Counts an event: `index1` token; `blob1…` event, provider, model, status, code; `double1…` money, ms, bytes. */
export function count(env: Env, event: string, facts: Facts): void {
  const { token = "", provider = "", model = "", status = "", code = "" } = facts;
  const { microUsd = 0, ms = 0, bytes = 0 } = facts;
  env.METRICS.writeDataPoint({
    indexes: [token],
    blobs: [event, provider, model, status, code],
    doubles: [microUsd, ms, bytes],
  });
}
