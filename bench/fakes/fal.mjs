// fal's queue: submit, status, result, cancel.
import { randomUUID } from "node:crypto";
import { VIDEO_BYTES } from "./video.mjs";

const STATUS = {
  queued: "IN_QUEUE",
  running: "IN_PROGRESS",
  completed: "COMPLETED",
  cancelled: "COMPLETED",
};

export const fal = {
  base: "",
  newId: () => randomUUID(),

  operation(method, path) {
    if (path.startsWith("/files/")) return undefined;
    if (method === "POST") return "submit";
    if (method === "PUT") return "cancel";
    return path.endsWith("/status") ? "poll" : "result";
  },

  answer({ method, path }, jobs, origin) {
    if (path.startsWith("/files/")) return { body: VIDEO_BYTES };
    if (method === "POST") return { body: queued(jobs.accept(), origin + path) };
    const [, , id, verb] = path.match(/^(.*)\/requests\/([^/]+)(?:\/(\w+))?$/) ?? [];
    const job = jobs.find(id);
    if (!job) return { status: 404, body: this.error(404) };
    const headers = { "x-fal-request-id": id };
    if (verb === "cancel") {
      return jobs.cancel(job)
        ? { status: 202, headers, body: { status: "CANCELLATION_REQUESTED" } }
        : { status: 400, headers, body: { status: "ALREADY_COMPLETED" } };
    }
    const status = jobs.status(job);
    if (verb === "status") {
      const isOver = STATUS[status] === "COMPLETED";
      const body = { status: STATUS[status], request_id: id, logs: null };
      return { status: isOver ? 200 : 202, headers, body };
    }
    if (status !== "completed") return { status: 400, headers, body: this.error(400) };
    const url = `${origin}/files/${id}.mp4`;
    return { headers, body: { video: { url, content_type: "video/mp4" } } };
  },

  error: (status) => ({ detail: `HTTP ${status}` }),
};

function queued({ id }, address) {
  const of = `${address}/requests/${id}`;
  return {
    status: "IN_QUEUE",
    request_id: id,
    response_url: of,
    status_url: `${of}/status`,
    cancel_url: `${of}/cancel`,
    queue_position: 0,
  };
}
