import { advance } from "../core/core.js";
import type { Step } from "../core/protocol.js";

/**
 * The job with the id that the provider is said to have for it, where it had lost that. It lives again, so
 * that nothing of what was to be told of its end remains, but for what is being stored.
 */
export function withJobId(step: Step, jobId: string): Step {
  const told = advance(step.state, { type: "job_id", jobId });
  if (!told) throw new TypeError("`jobId` must be a string.");
  if (told.state.handle.jobId === step.state.handle.jobId) return step;
  const saves = step.outputs.filter(({ type }) => type === "save");
  return { state: told.state, outputs: [...saves, ...told.outputs] };
}
