// A video's events, and its cancel.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { gateway } from "./api.mjs";

const served = await gateway({ after }, { jobDurationMs: 1500 });
const apiKey = await served.createKey();
const create = async (filmgate = { provider: "runware" }, more = {}) => {
  const json = { prompt: "A boat that is watched", filmgate, ...more };
  const { status, body } = await served.call("/v1/videos", { apiKey, json });
  assert.equal(status, 200, JSON.stringify(body));
  return body.id;
};

/** The events of a stream, to its end: `[{ id, event, data }]`. */
async function eventsOf(id, headers = {}) {
  const answer = await fetch(`${served.url}/v1/videos/${id}/events`, {
    headers: { authorization: `Bearer ${apiKey}`, ...headers },
  });
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-type"), /^text\/event-stream/);
  assert.match(answer.headers.get("x-request-id"), /^[\w-]+$/);
  const blocks = (await answer.text()).split("\n\n").filter((block) => /^event:/m.test(block));
  return blocks.map((block) => {
    const fields = Object.fromEntries(
      block.split("\n").map((line) => [line.split(": ", 1)[0], line.slice(line.indexOf(": ") + 2)]),
    );
    return { id: fields.id, event: fields.event, data: JSON.parse(fields.data) };
  });
}

test("a stream sends each update and ends with the video", async () => {
  const id = await create();
  const events = await eventsOf(id);
  const last = events.pop();
  assert.equal(last.event, "end");
  assert.deepEqual([last.data.id, last.data.status], [id, "completed"]);
  assert.ok(events.length > 0);
  for (const { event, data } of events) {
    assert.equal(event, "update");
    assert.ok(data.status);
  }
});

test("it resumes after the last event received", async () => {
  const id = await create();
  const all = await eventsOf(id);
  const rest = await eventsOf(id, { "last-event-id": all.at(-2).id });
  assert.deepEqual(
    rest.map(({ event, data }) => [event, data.id]),
    [["end", id]],
  );
});

test("HEAD opens no stream", async () => {
  const id = await create();
  const { status } = await served.call(`/v1/videos/${id}/events`, { apiKey, method: "HEAD" });
  assert.equal(status, 405);
});

test("a cancel returns its result", async () => {
  const image_url = "https://pictures.example/a.png";
  const id = await create({ provider: "runpod" }, { input_reference: { image_url } });
  const { status, body } = await served.call(`/v1/videos/${id}/cancel`, { apiKey, method: "POST" });
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.id, id);
  assert.ok(["cancelled", "already_finished"].includes(body.filmgate.cancellation.result));
  const unable = await create();
  const told = await served.call(`/v1/videos/${unable}/cancel`, { apiKey, method: "POST" });
  assert.equal(told.status, 200);
  assert.ok(told.body.filmgate.cancellation.charge);
});

test("a video whose provider has no remix is not remixed", async () => {
  const image_url = "https://pictures.example/a.png";
  const video = await served.generate(apiKey, {
    prompt: "A boat",
    input_reference: { image_url },
    filmgate: { provider: "runpod" },
  });
  const json = { prompt: "Another boat" };
  const { status, body } = await served.call(`/v1/videos/${video.id}/remix`, { apiKey, json });
  assert.deepEqual([status, body.error.code], [400, "remix_not_supported"]);
  const more = { prompt: "Another boat", seconds: "8" };
  const told = await served.call(`/v1/videos/${video.id}/remix`, { apiKey, json: more });
  assert.deepEqual([told.status, told.body.error.param], [400, "seconds"]);
});
