// An open stream holds its job in memory: a job has ten at most, and the rest polls.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { gateway, waitFor } from "./api.mjs";

const served = await gateway({ after }, { jobDurationMs: 600_000 });
const apiKey = await served.createKey();

/** A job that runs until `advance`, with ten open streams. */
async function watched(t) {
  const { body } = await served.call("/v1/videos", { apiKey, json: { prompt: "A boat that is watched", filmgate: { provider: "runware" } } });
  assert.ok(body.id, JSON.stringify(body));
  const open = async () => {
    const leaving = new AbortController();
    const headers = { authorization: `Bearer ${apiKey}`, connection: "close" };
    const answer = await fetch(`${served.url}/v1/videos/${body.id}/events`, { headers, signal: leaving.signal });
    return { answer, leave: () => leaving.abort() };
  };
  const streams = [];
  t.after(() => streams.forEach(({ leave }) => leave()));
  for (let at = 0; at < 10; at++) {
    streams.push(await open());
    assert.equal(streams[at].answer.status, 200);
  }
  return { id: body.id, open, streams };
}

test("the eleventh stream of a job is refused, until another is closed", async (t) => {
  const { open, streams } = await watched(t);
  const { answer } = await open();
  assert.equal(answer.status, 429);
  assert.ok(Number(answer.headers.get("retry-after")) > 0);
  const { error } = await answer.json();
  assert.equal(error.code, "concurrency_limit_exceeded");
  assert.match(error.message, /10 event streams.*Poll/s);
  streams[0].leave();
  const next = await waitFor(async () => {
    const stream = await open();
    if (stream.answer.status === 200) return stream;
    await stream.answer.text();
  });
  next.leave();
});

test("a client whose stream is refused polls the job to its end", async (t) => {
  const { id } = await watched(t);
  const streams = [];
  let polls = 0;
  const fetch = async (request) => {
    const answer = await globalThis.fetch(request);
    if (new URL(request.url).pathname.endsWith("/events")) streams.push(answer.status);
    else polls += 1;
    return answer;
  };
  const client = createFilmgate({ gateway: { url: served.url, apiKey }, fetch });
  const video = (await served.call(`/v1/videos/${id}`, { apiKey })).body;
  const { handle } = video.filmgate;
  const job = client.resume({ ...handle, gateway: served.url, jobId: id });
  // The first poll comes before the stream.
  await waitFor(() => streams.length > 0 && polls > 1);
  assert.deepEqual([...new Set(streams)], [429]);
  await served.control("advance", { ms: 600_000 });
  assert.equal((await job.result()).videos.length, 1);
});
