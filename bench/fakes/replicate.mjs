// Replicate's predictions. With `Prefer: wait` the response to a submit is delayed until the end, for a
// minute at most.
import { randomUUID } from "node:crypto";
import { VIDEO_BYTES } from "./video.mjs";

const MAX_HOLD_S = 60;
const STATUS = {
  queued: "starting",
  running: "processing",
  completed: "succeeded",
  cancelled: "canceled",
};

export const replicate = {
  base: "/v1",
  newId: () => randomUUID().replaceAll("-", ""),

  operation(method, path) {
    if (path.startsWith("/files/")) return undefined;
    if (path.endsWith("/cancel")) return "cancel";
    return method === "POST" ? "submit" : "poll";
  },

  answer({ method, path, headers }, jobs, origin) {
    if (path.startsWith("/files/")) return { body: VIDEO_BYTES };
    if (method === "POST" && path.endsWith("/predictions")) {
      const job = jobs.accept();
      const held = Math.min(job.acceptedAt + hold(headers.prefer), job.endsAt);
      // A timer may fire slightly early: the response describes the time it was set for.
      return { status: 201, until: held, body: prediction(job, jobs, origin, held) };
    }
    const [, id] = path.match(/^\/v1\/predictions\/(\w+)/) ?? [];
    const job = jobs.find(id);
    if (!job) return { status: 404, body: this.error(404) };
    if (path.endsWith("/cancel")) jobs.cancel(job);
    return { body: prediction(job, jobs, origin) };
  },

  error: (status) => ({ title: "Fake error", detail: `HTTP ${status}`, status }),
};

/** Milliseconds by which a submit's response is delayed. */
function hold(prefer = "") {
  const [, seconds] = prefer.match(/^wait(?:=(\d+))?$/) ?? [];
  if (!prefer.startsWith("wait")) return 0;
  return Math.min(Number(seconds ?? MAX_HOLD_S), MAX_HOLD_S) * 1000;
}

function prediction(job, jobs, origin, now) {
  const status = STATUS[jobs.status(job, now)];
  return {
    id: job.id,
    model: "openai/sora-2-pro",
    version: "hidden",
    input: {},
    output: status === "succeeded" ? `${origin}/files/${job.id}.mp4` : null,
    error: null,
    logs: "",
    status,
    created_at: new Date(job.acceptedAt).toISOString(),
    urls: {
      get: `${origin}/v1/predictions/${job.id}`,
      cancel: `${origin}/v1/predictions/${job.id}/cancel`,
    },
  };
}
