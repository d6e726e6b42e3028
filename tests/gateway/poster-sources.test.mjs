// Where a poster comes from: Media Transformations, and the provider's thumbnail where these are absent or fail.
import assert from "node:assert/strict";
import { test } from "node:test";
import { host } from "./api.mjs";
import { workerModules } from "./worker-module.mjs";

const { storePoster } = await workerModules("job/poster.ts");
const jpeg = (text) => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from(text)]);
const broken = () => {
  throw new Error("Media Transformations are not enabled.");
};
const MEDIA = {
  absent: undefined,
  "broken at once": { input: broken },
  "broken at the frame": { input: () => ({ transform: () => ({ output: () => ({ media: async () => broken() }) }) }) },
  working: { input: () => ({ transform: () => ({ output: () => ({ media: async () => new Blob([jpeg("frame")]).stream() }) }) }) },
};
const FILE = { key: "videos/1/0.mp4", bytes: 9, type: "video/mp4" };

/** What is stored as the poster, as text. */
async function posterBy(t, kind, { hasThumbnail }) {
  const origin = await host(t, (_, response) => response.end(jpeg("thumbnail")));
  const stored = [];
  const env = {
    ...(MEDIA[kind] && { MEDIA: MEDIA[kind] }),
    TRUSTED_ORIGINS: origin,
    VIDEO_BUCKET: {
      get: async () => ({ body: new Blob(["the video"]).stream() }),
      put: async (_, bytes) => stored.push(Buffer.from(bytes).subarray(3).toString()),
    },
  };
  const outcome = { videos: [{}], raw: hasThumbnail ? { output: { thumbnail_url: `${origin}/a.jpg` } } : {} };
  await storePoster(env, { tries: 0, file: FILE }, outcome, "videos/1/0.jpg", new AbortController().signal);
  return stored.join();
}

test("a frame of the video comes first", async (t) => {
  assert.equal(await posterBy(t, "working", { hasThumbnail: true }), "frame");
});

for (const kind of ["absent", "broken at once", "broken at the frame"]) {
  test(`with Media Transformations ${kind} it is the provider's thumbnail`, async (t) => {
    assert.equal(await posterBy(t, kind, { hasThumbnail: true }), "thumbnail");
  });
}

test("without either there is none, and a failure is retried", async (t) => {
  assert.equal(await posterBy(t, "absent", { hasThumbnail: false }), "");
  await assert.rejects(posterBy(t, "broken at the frame", { hasThumbnail: false }), /not enabled/);
});
