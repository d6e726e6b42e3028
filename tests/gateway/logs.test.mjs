// The gateway's log: lines of JSON without a secret of a client or a provider.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { gateway, IMAGE_FIELDS, waitFor } from "./api.mjs";

const KEY = "runware-key-that-nobody-may-read";
const served = await gateway({ after }, { vars: { RUNWARE_API_KEY: KEY } });
const apiKey = await served.createKey();
const PROMPT = "a boat whose prompt is its own";

test("no line has a prompt, provider key, API key, image or signed URL", async () => {
  const image_url = `data:image/png;base64,${IMAGE_FIELDS.png.toString("base64")}`;
  const order = { prompt: PROMPT, input_reference: { image_url }, filmgate: { provider: "runware" } };
  const video = await served.generate(apiKey, order);
  await served.call(`/v1/videos/${video.id}/content`, { apiKey });
  await fetch(video.filmgate.outcome.videos[0].url);
  await served.call("/v1/videos", { apiKey, json: { prompt: PROMPT, seconds: "x", oops: PROMPT } });
  await served.call(`/v1/videos/${PROMPT}`, { apiKey });
  await served.call("/v1/videos", { apiKey: `${apiKey}x` });
  const fault = { operation: "submit", times: 1, fault: { kind: "error", status: 400 } };
  await served.control("faults", [fault]);
  const { body } = await served.call("/v1/videos", { apiKey, json: { prompt: PROMPT } });
  await served.ended(body.id, apiKey);
  await served.call(`/v1/videos/${video.id}`, { apiKey, method: "DELETE" });

  const lines = await waitFor(() => {
    const found = served.logs().split("\n").filter((line) => line.startsWith("{"));
    return found.filter((line) => line.includes('"event":"ended"')).length >= 2 && found;
  });
  const events = lines.map((line) => JSON.parse(line));
  const ended = events.find(({ event, status }) => event === "ended" && status === "completed");
  assert.equal(ended.provider, "runware");
  assert.equal(ended.charge, "charged");
  assert.ok(Number.isInteger(ended.ms) && Number.isInteger(ended.microUsd));
  assert.match(ended.key, /^key_[0-9a-f]{12}$/);

  const secrets = [PROMPT, KEY, apiKey, "signature=", "uploads/", served.adminToken, "image/png"];
  for (const secret of secrets) {
    assert.ok(!served.logs().includes(secret), `the log holds ${secret.slice(0, 12)}…`);
  }
});
