// OpenAI's videos: create, retrieve, and the file under `/content`.
import { randomUUID } from "node:crypto";
import { VIDEO_BYTES } from "./video.mjs";

const STATUS = { queued: "queued", running: "in_progress", completed: "completed" };

export const openai = {
  base: "/v1",
  newId: () => `video_${randomUUID().replaceAll("-", "")}`,

  operation(method, path) {
    if (path === "/v1/videos" && method === "POST") return "submit";
    if (/^\/v1\/videos\/\w+$/.test(path) && method === "GET") return "poll";
    return undefined;
  },

  answer({ method, path }, jobs) {
    if (method === "POST" && path === "/v1/videos") return { body: video(jobs.accept(), jobs) };
    const [, , , id, content] = path.split("/");
    const job = jobs.find(id);
    if (!job) return { status: 404, body: this.error(404) };
    return { body: content ? VIDEO_BYTES : video(job, jobs) };
  },

  error: (status) => ({
    error: { message: `HTTP ${status}`, type: "fake_error", param: null, code: null },
  }),
};

function video(job, jobs) {
  const status = STATUS[jobs.status(job)];
  return {
    id: job.id,
    object: "video",
    created_at: Math.floor(job.acceptedAt / 1000),
    model: "sora-2-pro",
    status,
    progress: status === "completed" ? 100 : 0,
    seconds: "8",
    size: "1280x720",
  };
}
