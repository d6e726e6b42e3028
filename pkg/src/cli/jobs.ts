// Stored jobs as JSON and as rows.
import { dollars, toUsd } from "../util/micro-usd.js";
import { shortId } from "./outputs.js";
import type { FoundJob } from "./session.js";
import type { StoredJob, VideoResult } from "../types/index.js";

/** A job without the provider's last response, which may be long and may quote the prompt. */
export function jobJson({ job, simulated }: FoundJob): Record<string, unknown> {
  const { outcome, ...rest } = job;
  return { ...rest, ...(outcome && { outcome: resultJson(outcome) }), simulated };
}

/** A result without the provider's last response, and without the bytes of videos. */
export function resultJson({ raw: _, videos, ...result }: VideoResult): Record<string, unknown> {
  const shown = videos.map(({ data, ...video }) => ({ ...video, ...(data !== undefined && { hasData: true }) }));
  return { ...result, videos: shown };
}

export const JOB_HEAD = ["JOB", "STATUS", "MODEL", "PROVIDER", "COST", "CREATED"];

export function jobRow({ job, simulated }: FoundJob): string[] {
  const { id, model, provider, createdAt } = job.handle;
  return [shortId(id), job.status, model, simulated ? `${provider} (simulated)` : provider, costOf(job), when(createdAt)];
}

/** What was paid; of a job that has not ended, what it may cost. */
function costOf({ handle, outcome, error }: StoredJob): string {
  if (outcome?.costUsd !== undefined) return dollars(outcome.costUsd);
  if (error) return { none: "not billed", charged: "billed", unknown: "unknown" }[error.charge];
  return handle.quote ? `up to ${dollars(toUsd(handle.quote.max))}` : "unknown";
}

/** `2026-11-29 17:45`, in local time. */
function when(ms: number): string {
  const at = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString();
  return `${at.slice(0, 10)} ${at.slice(11, 16)}`;
}
