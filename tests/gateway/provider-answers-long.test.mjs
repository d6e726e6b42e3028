// A provider's answer of many megabytes is not read to its end: the isolate has 128 MB for all of its requests.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { gateway, host, waitFor } from "./api.mjs";

const cleanup = [];
const context = { after: (work) => cleanup.push(work) };
after(async () => {
  for (const work of cleanup.reverse()) await work();
});

const MB = 1_000_000;
/** How many bytes RunPod's answer has for each job, by the first word of its prompt, and how its polls ended. */
const lengths = new Map();
const polls = new Map();

const runpod = await host(context, async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  response.setHeader("content-type", "application/json");
  if (request.method === "POST") {
    const { input } = JSON.parse(Buffer.concat(chunks));
    return response.end(JSON.stringify({ id: input.prompt.split(" ")[0], status: "IN_QUEUE" }));
  }
  const id = request.url.split("/").at(-1);
  if (!lengths.has(id)) return response.writeHead(404).end(JSON.stringify({ error: "job not found" }));
  const ends = polls.get(id) ?? [];
  polls.set(id, ends);
  response.on("close", () => ends.push(response.writableFinished ? "complete" : "cut"));
  const video = `data:video/mp4;base64,${movie(lengths.get(id)).toString("base64")}`;
  response.end(JSON.stringify({ id, status: "COMPLETED", output: { video_url: video, cost: 0.5 } }));
});

/** A video of that length: a header, and a box to be skipped. */
function movie(bytes) {
  const video = Buffer.alloc(bytes);
  video.writeUInt32BE(16);
  video.write("ftypisom", 4);
  video.writeUInt32BE(bytes - 16, 16);
  video.write("free", 20);
  return video;
}

const served = await gateway(context, { vars: { RUNPOD_BASE_URL: runpod } });
const apiKey = await served.createKey();

/** Orders a video for which RunPod returns one of that length, as Base64. */
async function order(bytes) {
  const id = `job-${lengths.size}-u1`;
  lengths.set(id, bytes);
  const json = { model: "wan-2.6", prompt: `${id} A fox`, seconds: "5", filmgate: { provider: "runpod", resolution: "720p" } };
  const { body } = await served.call("/v1/videos", { apiKey, json });
  assert.ok(body.id, JSON.stringify(body));
  return { id, video: body.id };
}

test("several answers of five megabytes at once are read, and their videos archived", async () => {
  const orders = await Promise.all(Array.from({ length: 4 }, () => order(3.7 * MB)));
  for (const { video } of orders) {
    const { status, filmgate } = await served.ended(video, apiKey);
    assert.deepEqual([status, filmgate.archived], ["completed", true]);
    const { headers } = await served.call(`/v1/videos/${video}/content`, { apiKey, method: "HEAD" });
    assert.equal(Number(headers.get("content-length")), 3.7 * MB);
  }
});

test("a longer one is cut, polled again, and holds up no other job", async () => {
  // Far beyond the bound: the buffers between the two take in megabytes that the gateway never reads.
  const { id, video } = await order(40 * MB);
  await waitFor(() => (polls.get(id)?.length ?? 0) >= 2);
  assert.deepEqual([...new Set(polls.get(id))], ["cut"]);
  const other = await order(0.1 * MB);
  assert.equal((await served.ended(other.video, apiKey)).status, "completed");
  assert.equal((await served.call(`/v1/videos/${video}`, { apiKey })).body.filmgate.outcome, undefined);
});
