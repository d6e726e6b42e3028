// Providers' webhooks: verified by their URL, and trusted only as a hint.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, test } from "node:test";
import { gateway, recorder, waitFor } from "./api.mjs";

let simulator;
const provider = await recorder({ after }, () => simulator.runware);
const served = await gateway({ after }, {
  jobDurationMs: 1000,
  vars: (started) => {
    simulator = started;
    return { RUNWARE_BASE_URL: provider.url };
  },
});
const apiKey = await served.createKey();

/** A job, and the URL and body by which its provider reports its end. */
async function job(prompt) {
  const json = { prompt, filmgate: { provider: "runware" } };
  const { body } = await served.call("/v1/videos", { apiKey, json });
  const sent = await waitFor(() => provider.calls.find((call) => call.body.includes(prompt)));
  const [task] = JSON.parse(sent.body);
  const { webhookURL, taskUUID } = task;
  const told = { data: [{ taskType: "videoInference", taskUUID, status: "success", cost: 0 }] };
  return { id: body.id, url: new URL(webhookURL), told };
}

const post = async (url, told, more = {}) => {
  const headers = { "content-type": "application/json" };
  const body = typeof told === "string" ? told : JSON.stringify(told);
  const answer = await fetch(url, { method: "POST", headers, body, ...more });
  const { error, ok } = await answer.json();
  return { status: answer.status, ok, error };
};

test("the URL that the provider receives leads to the job, and contains no secret", async () => {
  const { id, url } = await job("A boat with a hook");
  assert.equal(url.origin, served.url);
  assert.equal(url.pathname, `/webhooks/${id.slice(6)}`);
  assert.match(url.search, /^\?filmgate=(runpod|runware)\.[0-9a-f-]{36}\.[0-9a-f]{64}$/);
});

test("a forged webhook returns the same as one for an unknown job", async () => {
  const { id, url, told } = await job("A boat with a forger");
  const other = await job("Another boat");
  const changed = (change) => {
    const address = new URL(url);
    change(address);
    return address;
  };
  const token = url.searchParams.get("filmgate");
  const [key] = token.split(".");
  const forged = [
    changed((u) => (u.search = "")),
    changed((u) => (u.search = "?filmgate=")),
    changed((u) => u.searchParams.set("filmgate", `${key}.${"0".repeat(64)}`)),
    changed((u) => u.searchParams.set("filmgate", token.slice(0, -1))),
    changed((u) => (u.search = other.url.search)),
    changed((u) => (u.pathname = `/webhooks/${"0".repeat(64)}`)),
    changed((u) => (u.pathname = "/webhooks/x")),
    changed((u) => (u.pathname = `/webhooks/%2e%2e%2f${id}`)),
  ];
  const answers = [];
  for (const address of forged) answers.push(await post(address, told));
  for (const [at, answer] of answers.entries()) {
    assert.deepEqual(answer, answers[0], forged[at].href);
    assert.equal(answer.status, 401);
    assert.equal(answer.error.code, "unauthorized");
  }
});

test("a webhook with a false end is not trusted", async () => {
  const { id, url, told } = await job("A boat with a liar");
  assert.equal((await post(url, told)).status, 200);
  const video = await served.ended(id, apiKey);
  assert.equal(video.filmgate.outcome.costUsd, 0.5, "the provider's own word, not the webhook's");
});

test("a replayed webhook changes nothing", async () => {
  const { id, url, told } = await job("A boat with an echo");
  const before = await served.ended(id, apiKey);
  const submissions = await served.submissions();
  for (let n = 0; n < 5; n++) assert.equal((await post(url, told)).status, 200);
  const { body: now } = await served.call(`/v1/videos/${id}`, { apiKey });
  assert.deepEqual(
    [now.status, now.completed_at, now.filmgate.billing],
    [before.status, before.completed_at, before.filmgate.billing],
  );
  assert.equal(await served.submissions(), submissions);
});

test("nothing of a body is read before its URL is verified", async () => {
  const { host, port } = new URL(served.url);
  for (const path of ["/webhooks/x", `/webhooks/${"0".repeat(64)}?filmgate=runware.${crypto.randomUUID()}.${"0".repeat(64)}`]) {
    const socket = connect(Number(port), "127.0.0.1");
    // The body is announced, and never sent.
    socket.write(`POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: 60000\r\n\r\n`);
    const [bytes] = await once(socket, "data");
    assert.match(bytes.toString(), /^HTTP\/1\.1 401 /, path);
    socket.destroy();
  }
});

test("a webhook of more than 64 kB is rejected", async () => {
  const { url } = await job("A boat with a long letter");
  const { status } = await post(url, { padding: "x".repeat(64_000) });
  assert.equal(status, 413);
});

test("however often a webhook is replayed, the provider is asked once a second", async () => {
  const { id, url, told } = await job("A boat with a storm of echoes");
  const task = url.searchParams.get("filmgate").split(".")[1];
  const asked = () => provider.calls.filter(({ body }) => body.includes("getResponse") && body.includes(task)).length;
  const [before, since] = [asked(), Date.now()];
  while (Date.now() - since < 3_000) await post(url, told);
  const seconds = (Date.now() - since) / 1_000;
  assert.ok(asked() - before <= Math.ceil(seconds) + 1, `${asked() - before} in ${seconds} s`);
  assert.equal((await served.ended(id, apiKey)).status, "completed");
});

test("a body of another job, or of none, is ignored", async () => {
  const { url } = await job("A boat with a stranger's news");
  const stranger = "7e4a8b9c-0d1e-4f2a-8b3c-4d5e6f708192";
  const bodies = [
    { data: [{ taskType: "videoInference", taskUUID: stranger, status: "success" }] },
    "no JSON",
    "",
    [],
  ];
  for (const body of bodies) {
    assert.equal((await post(url, body)).status, 401, JSON.stringify(body));
  }
});
