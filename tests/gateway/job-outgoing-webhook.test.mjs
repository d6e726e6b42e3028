// The account's own webhook: a Standard Webhook, retried until it is accepted.
import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";
import { Webhook } from "standardwebhooks";
import { host } from "./api.mjs";
import { ACCOUNT, OWNER, openJobs, waitFor } from "./job/jobs.mjs";

const SECRET = `whsec_${Buffer.alloc(32, "secret").toString("base64")}`;

/** Takes posts, answering with these statuses, the last of them for ever. */
async function receiver(t, ...statuses) {
  const posts = [];
  const origin = await host(t, async (request, answer) => {
    let body = "";
    for await (const piece of request) body += piece;
    posts.push({ url: request.url, headers: request.headers, body });
    const status = statuses[Math.min(posts.length, statuses.length) - 1];
    answer.writeHead(status, { location: "/elsewhere" }).end();
  });
  return { posts, origin };
}

/** Jobs of an account with that webhook. */
async function notified(t, { origin }, { isTrusted = true } = {}) {
  const account = { webhook: { url: `${origin}/taken`, secret: SECRET } };
  return openJobs(t, { account, ...(isTrusted && { trusted: [origin] }) });
}

test("completed and failed jobs are posted, and both libraries verify it", async (t) => {
  const at = await receiver(t, 200);
  const jobs = await notified(t, at);
  const good = await jobs.create("runpod");
  await waitFor(() => at.posts.length >= 1);
  const bad = await jobs.create("runpod", { request: { prompt: "A fox [fail]" } });
  await waitFor(() => at.posts.length >= 2);
  const types = ["video.completed", "video.failed"];
  for (const [index, { url, headers, body }] of at.posts.entries()) {
    assert.equal(url, "/taken");
    const event = new Webhook(SECRET).verify(body, headers);
    assert.deepEqual([event.object, event.type], ["event", types[index]]);
    assert.deepEqual(event.data, { id: `video_${[good, bad][index]}` });
    assert.equal(event.id, headers["webhook-id"]);
    const client = new OpenAI({ apiKey: "none", webhookSecret: SECRET });
    assert.deepEqual(await client.webhooks.unwrap(body, headers), event);
    assert.throws(() => new Webhook(SECRET).verify(`${body} `, headers));
  }
});

/** The gateway's patience with a receiver. */
const RESPONSE_TIMEOUT_MS = 15_000;
/** A machine may be too slow to tell; one that never can has the fault. */
const MAX_ATTEMPTS = 5;

test("a receiver that hangs holds neither a cancel nor a delete", async (t) => {
  const arrivals = [];
  const origin = await host(t, () => arrivals.push(performance.now()));
  const jobs = await notified(t, { origin });
  for (let attempt = 1; ; attempt += 1) {
    const before = arrivals.length;
    const jobId = await jobs.create("runware");
    await waitFor(() => arrivals.length > before);
    const { cancellation } = await jobs.job(jobId, "cancel", OWNER);
    assert.equal(cancellation.result, "already_finished");
    assert.equal(await jobs.job(jobId, "delete", OWNER), true);
    const took = performance.now() - arrivals[before];
    assert.deepEqual(await jobs.files(), []);
    if (took < RESPONSE_TIMEOUT_MS) break;
    assert.ok(attempt < MAX_ATTEMPTS, `${took} ms`);
  }
});

test("a failed delivery is retried with the same id; a redirect is not followed", async (t) => {
  const at = await receiver(t, 302, 200);
  const jobs = await notified(t, at);
  await jobs.create("runware");
  await waitFor(() => at.posts.length >= 2);
  const [first, second] = at.posts;
  assert.equal(second.url, "/taken");
  assert.equal(first.headers["webhook-id"], second.headers["webhook-id"]);
  assert.equal(first.body, second.body);
  new Webhook(SECRET).verify(second.body, second.headers);
});

test("a private URL receives no post", async (t) => {
  const at = await receiver(t, 200);
  const jobs = await notified(t, at, { isTrusted: false });
  const jobId = await jobs.create("runware");
  await jobs.until(jobId, "completed");
  await waitFor(() => jobs.gateway.logs().includes('"step":"notify"'));
  assert.deepEqual(at.posts, []);
});

test("the owner sees what became of it, and the operator one that was given up", async (t) => {
  const MINUTE = 60_000;
  const at = await receiver(t, 503, 200, 503);
  const jobs = await notified(t, at);
  await jobs.call("REGISTRY/registry/putAccount", { id: ACCOUNT, name: "test", createdAt: 1 });
  const { url, adminToken } = jobs.gateway;
  const attention = async () => {
    const answer = await fetch(`${url}/admin/api/overview`, { headers: { authorization: `Bearer ${adminToken}` } });
    return (await answer.json()).attention;
  };
  const webhookOf = async (jobId) => (await jobs.read(jobId)).filmgate.webhook;
  const good = await jobs.create("runware");
  await waitFor(async () => (await webhookOf(good))?.state === "delivered");
  assert.deepEqual(await webhookOf(good), { state: "delivered", tries: 2 });
  const bad = await jobs.create("runware");
  await waitFor(async () => (await webhookOf(bad))?.state === "retrying");
  assert.deepEqual(await attention(), []);
  for (const minutes of [1, 7, 40, 150, 400, 800, 800]) await jobs.job(bad, "wake", minutes * MINUTE);
  await waitFor(async () => (await webhookOf(bad)).state === "given_up");
  assert.deepEqual(await webhookOf(bad), { state: "given_up", tries: 8 });
  const [told] = await waitFor(async () => (await attention()).length > 0 && attention());
  assert.deepEqual(told, {
    kind: "webhooks",
    count: 1,
    message: "test: 1 webhook was given up in the last week. Its receiver has refused it for a day.",
    link: `#/keys?account=${ACCOUNT}`,
  });
});
