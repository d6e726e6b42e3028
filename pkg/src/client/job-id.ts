import { call } from "../core/instance.js";
import type { Step } from "../core/protocol.js";

/**
 * The job with the id that the provider is said to have for it, where it had lost that. It lives again, so
 * that nothing of what was to be told of its end remains, but for what is being stored.
 */
export function withJobId(step: Step, jobId: string): Step {
  const input = { type: "job_id", jobId };
  const told = call((core) => core.advance(step.state, Date.now(), input)) as Step;
  if (told.state.handle.jobId === step.state.handle.jobId) return step;
  const saves = step.outputs.filter(({ type }) => type === "save");
  return { state: told.state, outputs: [...saves, ...told.outputs] };
}
