// A job's events: numbered, resumable from any of them, ended by the video.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OWNER, openJobs, postTo, waitFor } from "./job/jobs.mjs";

/** The whole stream, as `[{ id, event, data }]`. */
async function heard(answer) {
  assert.equal(answer.headers.get("content-type"), "text/event-stream");
  const text = await answer.text();
  const blocks = text.split("\n\n").filter((block) => block.startsWith("id:"));
  return blocks.map((block) => {
    const lines = block.split("\n").map((line) => [line.split(":", 1)[0], line.replace(/^\w+: /, "")]);
    const { id, event, data } = Object.fromEntries(lines);
    return { id: Number(id), event, data: JSON.parse(data) };
  });
}

test("live until the end, which is the video; resumable from any event", async (t) => {
  const jobs = await openJobs(t, { jobDurationMs: 2_000 });
  const jobId = await jobs.create("runware");
  const stream = (...after) => jobs.answerTo(`JOBS/${jobId}/events`, OWNER, ...after);
  const live = await heard(await stream());
  const last = live.at(-1);
  assert.deepEqual(
    live.map(({ id }) => id),
    live.map((_, index) => index + 1),
  );
  assert.equal(live[0].data.status, "submitting");
  assert.ok(live.slice(0, -1).every(({ event }) => event === "update"));
  assert.equal(last.event, "end");
  assert.deepEqual(last.data, await jobs.read(jobId));
  assert.equal(last.data.status, "completed");

  assert.deepEqual(await heard(await stream()), live);
  const second = live[1];
  assert.deepEqual(await heard(await stream(String(second.id))), live.slice(2));
  assert.deepEqual(await heard(await stream("no number")), live);
  // An EventSource that has received the end is stopped from reconnecting.
  assert.equal((await stream(String(last.id))).status, 204);
});

const PATIENCE = { timeout: 300_000 };
test("a stream whose end cannot be generated ends without it, and the next one sends it", PATIENCE, async (t) => {
  const jobs = await openJobs(t, { jobDurationMs: 600_000 });
  const jobId = await jobs.create("runware");
  await waitFor(async () => (await jobs.read(jobId)).filmgate.handle.acceptedAt);
  // The video's URL in the last event: that of the submit's webhook is signed by now.
  await postTo(`${jobs.gateway.url}/test/unsigned`, "1");
  const stream = () => jobs.answerTo(`JOBS/${jobId}/events`, OWNER);
  const first = await stream();
  await jobs.control("advance", { ms: 600_000 });
  const text = await first.text().catch(() => "");
  assert.doesNotMatch(text, /^event: end$/m);
  const events = await heard(await stream());
  assert.deepEqual([events.at(-1).event, events.at(-1).data.status], ["end", "completed"]);
});

test("events survive the object: after a kill it continues numbering", async (t) => {
  const jobs = await openJobs(t, { jobDurationMs: 3_000 });
  const jobId = await jobs.create("runware");
  await jobs.until(jobId, ({ filmgate }) => filmgate.status !== "submitting");
  await jobs.gateway.restart();
  const events = await heard(await jobs.answerTo(`JOBS/${jobId}/events`, OWNER));
  assert.equal(events[0].data.status, "submitting");
  assert.equal(events.at(-1).event, "end");
  assert.equal(events.at(-1).id, events.length);
});

test("a silent stream stays open for ten minutes, and sends a retry time", async (t) => {
  const jobs = await openJobs(t, { jobDurationMs: 600_000 });
  const jobId = await jobs.create("runware");
  await jobs.until(jobId, "in_progress");
  const text = await (await jobs.answerTo(`JOBS/${jobId}/eventsInHaste`, OWNER)).text();
  const [silence] = /(: heartbeat\n\n)+retry: 1000\n\n$/.exec(text) ?? [];
  assert.ok(silence, text);
  const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  const next = await jobs.answerTo(`JOBS/${jobId}/events`, OWNER, String(ids.at(-1)));
  const { value } = await next.body.getReader().read();
  assert.equal(new TextDecoder().decode(value), ": filmgate\n\n", "nothing is told twice");
});
