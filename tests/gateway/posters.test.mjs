// Posters: a still of each video, from Media Transformations or from the provider, never in the way of the video.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { waitFor } from "./api.mjs";
import { jobIdOf, openStorage } from "./storage/gateway.mjs";

const served = await openStorage({ after });
const { call, inside } = served;
const poster = (id, apiKey, query = "") => call(`/v1/videos/${id}/content?variant=thumbnail${query}`, { apiKey });

test("without a source there is no poster, and the video is complete", async () => {
  const apiKey = await served.createKey();
  const { id, filmgate } = await served.generate(apiKey);
  assert.deepEqual([filmgate.archived, filmgate.poster], [true, false]);
  const { status, body } = await poster(id, apiKey);
  assert.deepEqual([status, body.error.code], [404, "no_poster"]);
});

test("the first frame of each video is kept as JPEG, served, listed and deleted with it", async () => {
  await inside("media", "\xff\xd8\xff frame");
  const apiKey = await served.createKey();
  const { id } = await served.generate(apiKey, { prompt: "A boat", filmgate: { provider: "runware", n: 2 } });
  const isDone = async () => (await call(`/v1/videos/${id}`, { apiKey })).body.filmgate.poster;
  await waitFor(isDone);
  for (const index of [0, 1]) {
    const { status, headers } = await poster(id, apiKey, `&index=${index}`);
    assert.deepEqual([status, headers.get("content-type")], [200, "image/jpeg"]);
    assert.match(headers.get("content-disposition"), /^attachment; filename="video_.*\.jpg"$/);
  }
  assert.equal((await poster(id, apiKey, "&index=2")).status, 404);
  assert.equal((await call(`/v1/videos/${id}/content?variant=spritesheet`, { apiKey })).status, 400);
  await waitFor(async () => (await call("/v1/videos", { apiKey })).body.data[0].filmgate.poster);
  const files = async () => (await inside("bucket")).filter((key) => key.includes(jobIdOf(id)));
  assert.deepEqual((await files()).filter((key) => key.endsWith(".jpg")).length, 2);
  await inside("drop", (await files()).find((key) => key.endsWith("0.jpg")));
  const missing = await poster(id, apiKey);
  assert.deepEqual([missing.status, missing.body.error.code], [404, "no_poster"]);
  await waitFor(async () => (await poster(id, apiKey)).status === 200);
  assert.equal((await call(`/v1/videos/${id}`, { apiKey, method: "DELETE" })).status, 200);
  assert.deepEqual(await files(), []);
});

test("what is not a JPEG is not kept", async () => {
  await inside("media", "<script>");
  const apiKey = await served.createKey();
  const { id } = await served.generate(apiKey);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.equal((await poster(id, apiKey)).status, 404);
  assert.deepEqual((await inside("bucket")).filter((key) => key === `videos/${jobIdOf(id)}/0.jpg`), []);
});
