// A likely mistake is answered with what to pass in its place.
import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { createGatewayClient } from "../../pkg/dist/gateway-client/index.js";
import { failing } from "./support.mjs";

const direct = createFilmgate();
const remote = createGatewayClient({ url: "https://gateway.example", apiKey: "fgw_of_a_test" });
const HANDLE = JSON.stringify({ version: 1, provider: "runware", id: "5f0c6f0e-6c2b-4a57-9d5b-0d2f3f1f0000" });
const URL = "https://app.example/hook";
const received = () => new Request(URL, { method: "POST", body: "{}" });
const hook = (body) => direct.verifyWebhook({ url: URL, body, secret: "s" });

const PARSE = /JSON\.parse/;
const READ = /await request\.text\(\)/;
const MISTAKES = {
  "verifyWebhook: a Request": [() => direct.verifyWebhook(received()), READ, /request\.url/],
  "verifyWebhook: a Request as the body": [() => hook(received()), READ],
  "verifyWebhook: a stream as the body": [() => hook(received().body), READ],
  "verifyWebhook: a promise as the body": [() => hook(received().text()), READ],
  "handleWebhook: the text of an event": [() => direct.handleWebhook("{}"), PARSE],
};
for (const [kind, client] of Object.entries({ direct, remote })) {
  Object.assign(MISTAKES, {
    [`${kind} status: the text of a handle`]: [() => client.status(HANDLE), PARSE],
    [`${kind} resume: the text of a handle`]: [() => client.resume(HANDLE).result(), PARSE],
    [`${kind} deleteJob: the text of a handle`]: [() => client.deleteJob(HANDLE), PARSE],
    [`${kind} download: a stream of Node`]: [() => client.download({ data: "AAAA" }, new Writable()), /Writable\.toWeb/],
  });
}

for (const [name, [call, ...remedies]] of Object.entries(MISTAKES)) {
  test(name, async () => {
    const { message } = await failing(call(), name.endsWith("handle") ? "job_not_found" : "invalid_request");
    for (const remedy of remedies) assert.match(message, remedy);
  });
}
