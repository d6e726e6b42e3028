// Answers that no provider documents: costs that no integer holds, and addresses that nobody should open.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { gateway, host } from "./api.mjs";

const cleanup = [];
const context = { after: (work) => cleanup.push(work) };
after(async () => {
  for (const work of cleanup.reverse()) await work();
});

/** What RunPod returns for each job, by the first word of its prompt. */
const outputs = new Map();
const runpod = await host(context, async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const isSubmit = request.method === "POST";
  const id = isSubmit ? JSON.parse(Buffer.concat(chunks)).input.prompt.split(" ")[0] : request.url.split("/").at(-1);
  const output = outputs.get(id);
  response.writeHead(output ? 200 : 404, { "content-type": "application/json" });
  const job = { id, status: isSubmit ? "IN_QUEUE" : "COMPLETED", ...(!isSubmit && { output }) };
  response.end(JSON.stringify(output ? job : { error: "job not found" }));
});
const served = await gateway(context, { vars: { RUNPOD_BASE_URL: runpod } });
const apiKey = await served.createKey({ dailyBudgetUsd: 1000 });

/** Orders a video for which RunPod returns that output. */
async function order(output) {
  const id = `job-${outputs.size}-u1`;
  outputs.set(id, output);
  const filmgate = { provider: "runpod", resolution: "720p" };
  const json = { model: "wan-2.6", prompt: `${id} A fox`, seconds: "5", filmgate };
  const { body } = await served.call("/v1/videos", { apiKey, json });
  assert.ok(body.id, JSON.stringify(body));
  return body.id;
}

const urlsOf = ({ filmgate: { outcome } }) => outcome.videos.map(({ url }) => url).filter(Boolean);

test("a cost that no integer holds, or that is none, is recorded as an estimate", async () => {
  const costs = [9e9, 9.1e9, 9e15, 1e300, -1, "9007199254.740993"];
  const ids = await Promise.all(costs.map((cost) => order({ video_url: "http://192.0.2.1/video.mp4", cost })));
  for (const id of ids) {
    const { filmgate } = await served.ended(id, apiKey);
    assert.deepEqual(filmgate.billing, { kind: "charged", microUsd: 500_000, isEstimate: true });
  }
});

test("a video's address is not shown if it is private or has credentials", async () => {
  const addresses = ["http://127.0.0.1/a.mp4", "http://10.0.0.1/a.mp4", "http://[::1]/a.mp4", "http://a:b@192.0.2.1/a.mp4"];
  const ids = await Promise.all(addresses.map((video_url) => order({ video_url, cost: 0.5 })));
  for (const id of ids) {
    const video = await served.ended(id, apiKey);
    assert.deepEqual([video.status, urlsOf(video), video.filmgate.billing.microUsd], ["completed", [], 500_000]);
  }
});

test("what is no http(s) address is not taken for a video", async () => {
  const addresses = ["javascript:alert(1)", "data:text/html,<script>", "file:///etc/passwd"];
  const ids = await Promise.all(addresses.map((video_url) => order({ video_url, cost: 0.5 })));
  await new Promise((resolve) => setTimeout(resolve, 5000));
  for (const id of ids) {
    const { status, filmgate } = (await served.call(`/v1/videos/${id}`, { apiKey })).body;
    assert.notEqual(status, "completed");
    assert.equal(filmgate.outcome, undefined);
  }
});
