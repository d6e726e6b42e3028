// An API key's webhook, as the published packages verify it.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import OpenAI from "openai";
import { Webhook } from "standardwebhooks";
import { gateway, host, waitFor } from "./api.mjs";

const heard = [];
const origin = await host({ after }, async (request, response) => {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  heard.push({ headers: request.headers, body: Buffer.concat(pieces).toString() });
  response.end();
});

const served = await gateway({ after }, {
  vars: (simulator) => ({ TRUSTED_ORIGINS: `${simulator.origin},${origin}` }),
});
const { body: made } = await served.admin("keys", {
  json: { name: "with a webhook", webhook: { url: `${origin}/hook` } },
});
const video = await served.generate(made.key);
const { headers, body } = await waitFor(() => heard[0]);

test("the openai package unwraps it", async () => {
  const client = new OpenAI({ apiKey: "unused", webhookSecret: made.webhookSecret });
  const event = await client.webhooks.unwrap(body, headers);
  assert.equal(event.type, "video.completed");
  assert.equal(event.data.id, video.id);
  assert.equal(event.object, "event");
});

test("the standardwebhooks package verifies it, and rejects changes", () => {
  const webhook = new Webhook(made.webhookSecret);
  assert.equal(webhook.verify(body, headers).data.id, video.id);
  assert.throws(() => webhook.verify(body.replace("completed", "failed"), headers));
  const later = { ...headers, "webhook-timestamp": String(Number(headers["webhook-timestamp"]) + 1) };
  assert.throws(() => webhook.verify(body, later));
});

test("it contains neither prompt nor API key", () => {
  const text = JSON.stringify({ headers, body });
  assert.ok(!text.includes("paper boat") && !text.includes(made.key));
});
