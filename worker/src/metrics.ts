// Metrics in Analytics Engine. The positions of a data point are its columns: they are only ever appended to.
import type { Env } from "./env.js";
import type { LogFields } from "./log.js";

/**
 * Counts an event: `index1` API key; `blob1…` event, provider, model, status, code; `double1…` money, ms, bytes. It
 * never throws: a job must not fail because it could not be counted.
 */
export function count(env: Env, event: string, fields: LogFields): void {
  const { key = "", provider = "", model = "", status = "", code = "" } = fields;
  const { microUsd = 0, ms = 0, bytes = 0 } = fields;
  try {
    env.METRICS?.writeDataPoint({
      indexes: [key],
      blobs: [event, provider, model, String(status), code],
      doubles: [microUsd, ms, bytes],
    });
  } catch {
    // An account that never enabled Analytics Engine.
  }
}
