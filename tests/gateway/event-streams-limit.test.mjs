// An open stream holds its job in memory: a job has ten at most, and another closes the oldest.
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

test("the eleventh stream of a job closes the oldest, whose client waits before it reconnects", async (t) => {
  const { id, open, streams } = await watched(t);
  streams.push(await open());
  assert.equal(streams[10].answer.status, 200);
  assert.match(await streams[0].answer.text(), /\nretry: 10000\n\n$/);
  await served.control("advance", { ms: 600_000 });
  for (const stream of streams.slice(1)) assert.match(await stream.answer.text(), /event: end\ndata: .*"completed"/, id);
});

test("a page that is loaded again and again has its events each time", async (t) => {
  const { open } = await watched(t);
  for (let at = 0; at < 20; at++) {
    const { answer, leave } = await open();
    assert.equal(answer.status, 200);
    const { value } = await answer.body.getReader().read();
    assert.match(new TextDecoder().decode(value), /^: filmgate/);
    leave();
  }
});

test("a client follows a job to its end, though others take its stream", async (t) => {
  const { id, open } = await watched(t);
  let isFollowed = false;
  const fetch = async (request) => {
    const answer = await globalThis.fetch(request);
    isFollowed ||= answer.ok && request.url.endsWith("/events");
    return answer;
  };
  const client = createFilmgate({ gateway: { url: served.url, apiKey }, fetch });
  const video = (await served.call(`/v1/videos/${id}`, { apiKey })).body;
  const job = client.resume({ ...video.filmgate.handle, gateway: served.url, jobId: id });
  await waitFor(() => isFollowed);
  const others = [];
  t.after(() => others.forEach(({ leave }) => leave()));
  for (let at = 0; at < 10; at++) others.push(await open());
  await served.control("advance", { ms: 600_000 });
  assert.equal((await job.result()).videos.length, 1);
});
