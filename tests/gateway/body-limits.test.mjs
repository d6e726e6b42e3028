// What a body may have, and images that are judged before anything is paid.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { largePng } from "../../bench/memory/load.mjs";
import { gateway, IMAGE_FIELDS } from "./api.mjs";

const served = await gateway({ after });
const apiKey = await served.createKey();
const create = (json) => served.call("/v1/videos", { apiKey, json });
const uriOf = (bytes, type = "image/png") => `data:${type};base64,${bytes.toString("base64")}`;
const told = ({ status, body }) => [status, body.error?.code, body.error?.param];

test("a body may have 1 MB beside its images, whatever field has it", async () => {
  const long = "x".repeat(1_000_000);
  for (const json of [{ prompt: long }, { prompt: "A boat", filmgate: { audio: long } }, { prompt: "A boat", [long]: 1 }]) {
    assert.deepEqual(told(await create(json)).slice(0, 2), [413, "payload_too_large"]);
  }
});

test("images are beside it, in every field that takes one, in both dialects", async () => {
  const url = uriOf(largePng(4_000_000));
  const { status, body } = await create({ prompt: "A boat", input_reference: { image_url: url } });
  assert.equal(status, 200, JSON.stringify(body));
  const frame = { type: "image_url", image_url: { url }, frame_type: "first_frame" };
  const json = { model: "wan-2.6", prompt: "A boat", frame_images: [frame] };
  assert.equal((await served.call("/api/v1/videos", { apiKey, json })).status, 202);
});

test("an image where none belongs is a text, with a text's limit", async () => {
  const small = await create({ prompt: uriOf(IMAGE_FIELDS.png) });
  assert.deepEqual([small.status, small.body.prompt], [200, uriOf(IMAGE_FIELDS.png)]);
  assert.deepEqual(told(await create({ prompt: uriOf(largePng(400_000)) })), [413, "payload_too_large", null]);
  for (const json of [
    { prompt: "A boat", filmgate: uriOf(IMAGE_FIELDS.png) },
    { prompt: "A boat", model: uriOf(IMAGE_FIELDS.png) },
    { prompt: "A boat", seconds: uriOf(IMAGE_FIELDS.png) },
    { prompt: "A boat", metadata: uriOf(IMAGE_FIELDS.png) },
    { prompt: "A boat", filmgate: { provider: uriOf(IMAGE_FIELDS.png) } },
  ]) {
    assert.equal((await create(json)).status, 400, Object.keys(json).join());
  }
});

test("a file where none belongs is rejected", async () => {
  for (const name of ["prompt", "seconds", "filmgate", "filmgate[n]", "metadata", "user", "metadata[a]"]) {
    const form = new FormData();
    if (name !== "prompt") form.set("prompt", "A boat");
    form.set(name, new File([IMAGE_FIELDS.png], "a.png"));
    const { status, body } = await served.call("/v1/videos", { apiKey, body: form });
    assert.equal(status, 400, `${name}: ${JSON.stringify(body)}`);
  }
});

test("a form of 220,000 parts is rejected while it arrives", { timeout: 300_000 }, async () => {
  const part = '--b\r\ncontent-disposition: form-data; name="a"\r\n\r\nx\r\n';
  const headers = { "content-type": "multipart/form-data; boundary=b" };
  const body = `${part.repeat(11_900_000 / part.length)}--b--`;
  const answer = await served.call("/v1/videos", { apiKey, method: "POST", headers, body });
  assert.deepEqual(told(answer), [400, "invalid_request_body", null]);
});

const png = largePng(2_000);
const sized = (width, height) => {
  const bytes = Buffer.from(png);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
};
const DAMAGED = {
  "a PNG of its signature alone": png.subarray(0, 8),
  "a PNG that is cut": png.subarray(0, -20),
  "a JPEG that is cut": IMAGE_FIELDS.jpeg.subarray(0, -2),
  "a WebP that is cut": IMAGE_FIELDS.webp.subarray(0, -4),
  "a PNG of 4,294,967,295² pixels": sized(4_294_967_295, 4_294_967_295),
  "a PNG of no pixels": sized(0, 1),
  "a PNG of 400 megapixels": sized(20_000, 20_000),
  "a PNG of 16,384² pixels": sized(16_384, 16_384),
  "a PNG one pixel too wide": sized(16_385, 1),
  "nothing": Buffer.alloc(0),
};
test("an image that no provider could read is rejected before anything is paid", async () => {
  const before = await served.submissions();
  for (const [name, bytes] of Object.entries(DAMAGED)) {
    const form = new FormData();
    form.set("prompt", "A damaged boat");
    form.set("input_reference", new File([bytes], "a.png"));
    const answer = await served.call("/v1/videos", { apiKey, body: form });
    assert.deepEqual(told(answer), [400, "invalid_image", "input_reference"], name);
    assert.deepEqual(told(await create({ prompt: "A boat", input_reference: uriOf(bytes) })).slice(0, 2), [400, "invalid_image"], name);
  }
  const { body } = await served.call("/v1/videos", { apiKey });
  assert.ok(body.data.every(({ prompt }) => prompt !== "A damaged boat"), `${before} submissions`);
  assert.equal((await create({ prompt: "A boat", input_reference: uriOf(sized(16_384, 1)) })).status, 200);
});
