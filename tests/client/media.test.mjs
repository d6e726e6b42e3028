// Images given as bytes arrive complete, in any field, at the documented path of the listing.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PROMPT, createClient, counting, simulator } from "./support.mjs";

/** Bytes of a PNG of that size; `tint` distinguishes them. */
function png(tint, width = 1280, height = 720) {
  const bytes = new Uint8Array(64).fill(tint, 33);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  new DataView(bytes.buffer).setUint32(16, width);
  new DataView(bytes.buffer).setUint32(20, height);
  return bytes;
}
const uri = (bytes) => `data:image/png;base64,${Buffer.from(bytes).toString("base64")}`;
const [FIRST, LAST, ONE, TWO] = [1, 2, 3, 4].map((tint) => png(tint));
const KLING = { model: "kling-o1", prompt: PROMPT, duration: 5 };

/** What the provider received. */
async function received(t, request, options) {
  const sim = await simulator(t);
  const seen = counting();
  const { videos, handle } = await createClient(sim, { fetch: seen.fetch }).generate(request, options);
  assert.equal(videos.length, 1);
  const [{ body }, ...more] = seen.submissions();
  assert.deepEqual(more, []);
  const parsed = JSON.parse(body);
  return { body: Array.isArray(parsed) ? parsed[0] : parsed.input, handle };
}

describe("media", { concurrency: true }, () => {
  const frames = [
    { image: FIRST, lastFrameImage: LAST },
    { image: [FIRST], lastFrameImage: [LAST] },
    { image: { image: FIRST, frame: 0 }, lastFrameImage: { image: LAST, frame: "last" } },
    { image: [{ image: FIRST }], lastFrameImage: [{ image: Buffer.from(LAST) }] },
  ];
  for (const [at, given] of frames.entries()) {
    test(`first and last frame, way ${at}`, async (t) => {
      const { body } = await received(t, { ...KLING, ...given }, { provider: "runware" });
      assert.deepEqual(body.inputs.frameImages, [
        { image: uri(FIRST), frame: given.image.frame ?? "first" },
        { image: uri(LAST), frame: "last" },
      ]);
    });
  }

  const references = [[ONE, TWO], [{ image: ONE }, { image: TWO }], [Buffer.from(ONE), uri(TWO)]];
  for (const [at, referenceImages] of references.entries()) {
    test(`reference images, way ${at}`, async (t) => {
      const request = { ...KLING, referenceImages, aspectRatio: undefined };
      const { body } = await received(t, request, { provider: "runware" });
      assert.deepEqual(body.inputs.referenceImages, [uri(ONE), uri(TWO)]);
    });
  }

  test("a data URI without the type of its image gets it, however long", async (t) => {
    const long = Buffer.concat([ONE, new Uint8Array(200_000)]);
    const bytes = Buffer.from(ONE).toString("base64");
    const referenceImages = [
      `data:application/octet-stream;base64,${bytes}`,
      { image: `data:;base64,${long.toString("base64")}` },
      `DATA:IMAGE/JPEG;BASE64,${bytes}`,
    ];
    const client = createClient({ settings: {} });
    assert.equal(client.validate({ ...KLING, referenceImages, aspectRatio: undefined }).ok, true);
    const { body } = await received(t, { ...KLING, referenceImages, aspectRatio: undefined }, { provider: "runware" });
    assert.deepEqual(body.inputs.referenceImages, [uri(ONE), uri(long), uri(ONE)]);
    // Bytes of no image stay what they are, and are rejected.
    const unknown = `data:application/octet-stream;base64,${Buffer.alloc(99).toString("base64")}`;
    const { issues } = client.validate({ ...KLING, image: unknown });
    assert.deepEqual([issues[0].path, issues[0].code], ["image", "invalid_format"]);
  });

  test("RunPod gets them too, if the caller allows it", async (t) => {
    const request = { model: "seedance-1.5-pro", prompt: PROMPT, duration: 5, image: FIRST };
    const client = createClient({ settings: { runpod: { apiKey: "k" } } });
    const [issue] = client.validate(request).listings[0].issues;
    assert.deepEqual(issue.fix, { path: "allowInlineImages", value: true });
    const inline = { ...request, lastFrameImage: LAST, allowInlineImages: true };
    const { body } = await received(t, inline, { provider: "runpod" });
    assert.deepEqual([body.image, body.last_image], [uri(FIRST), uri(LAST)]);
  });

  test("URLs among bytes stay URLs, and the caller's request is unchanged", () => {
    const client = createClient({ settings: {} });
    const referenceImages = Object.freeze([ONE, "https://example.com/two.png"]);
    const request = Object.freeze({ ...KLING, referenceImages });
    const { ok } = client.validate(request);
    assert.equal(ok, true);
    assert.equal(request.referenceImages[0], ONE);
  });

  test("an invalid image is reported at its path", () => {
    const client = createClient({ settings: {} });
    const problems = (given) => client.validate({ ...KLING, ...given }).issues.map(({ path }) => path);
    assert.deepEqual(problems({ referenceImages: [ONE, new Blob(["x"], { type: "text/plain" }), ONE] }), ["referenceImages.1"]);
    assert.deepEqual(problems({ referenceImages: [ONE, {}, 5] }), [
      "referenceImages.1",
      "referenceImages.2",
    ]);
    assert.deepEqual(problems({ lastFrameImage: new Uint8Array(9) }), ["lastFrameImage"]);
    assert.deepEqual(problems({ lastFrameImage: [LAST, LAST] }), ["lastFrameImage"]);
    assert.deepEqual(problems({ lastFrameImage: { image: LAST, frame: "first" } }), ["lastFrameImage.frame"]);
    assert.deepEqual(problems({ referenceImages: new Array(101).fill("x") }), ["referenceImages"]);
    assert.deepEqual(problems({ referenceImages: new Array(2 ** 32 - 1) }), ["referenceImages"]);
    assert.deepEqual(problems({ referenceImages: ONE }), ["referenceImages"]);
  });
});
