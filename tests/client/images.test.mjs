// Images and videos as bytes: measured if that determines a price, and never carried into the module's memory,
// which cannot shrink.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { KEY, PROMPT, createClient, counting, simulator } from "./support.mjs";

let memory;
const { Instance } = WebAssembly;
WebAssembly.Instance = function (module, imports) {
  const instance = new Instance(module, imports);
  memory = instance.exports.memory;
  return instance;
};

const MB = 1_000_000;
const REQUEST = { model: "sora-2-pro", prompt: PROMPT, duration: 4 };

/** The beginning of a PNG of that size, and then as many bytes as wanted. */
function png(width, height, length = 100) {
  const bytes = new Uint8Array(length);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  new DataView(bytes.buffer).setUint32(16, width);
  new DataView(bytes.buffer).setUint32(20, height);
  for (let at = 33; at < length; at++) bytes[at] = (at * 31) & 0xff;
  return bytes;
}

function jpeg(width, height) {
  const frame = [0xff, 0xc0, 0, 17, 8, height >> 8, height & 0xff, width >> 8, width & 0xff, 3];
  return Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, ...frame, ...new Uint8Array(40));
}

const runware = (client, request) =>
  client.quote(request).find(({ provider }) => provider === "runware");

test("bytes are measured, so that the price is exact; a URL results in a range", () => {
  const client = createClient({ settings: {} });
  const cases = [
    [png(1280, 720), 1.2],
    [png(720, 1280), 1.2],
    [png(1920, 1080), 2],
    [jpeg(1280, 720), 1.2],
    [jpeg(1080, 1920), 2],
    [Buffer.from(png(1280, 720)), 1.2],
  ];
  for (const [bytes, totalUsd] of cases) {
    for (const image of [
      bytes,
      [bytes],
      { image: bytes, frame: "first" },
      [{ image: bytes, frame: 0 }],
    ]) {
      const quote = runware(client, { ...REQUEST, image });
      assert.deepEqual([quote.basis, quote.totalUsd], ["exact", totalUsd]);
    }
  }
  const range = runware(client, { ...REQUEST, image: "https://example.com/a.png" });
  assert.deepEqual([range.basis, range.minUsd, range.maxUsd], ["range", 1.2, 2]);
});

test("every form of bytes is an image: File, Blob, ArrayBuffer, typed arrays, DataView", async (t) => {
  const sim = await simulator(t);
  const bytes = png(1280, 720, 3000);
  const padded = new Uint8Array(3010);
  padded.set(bytes, 5);
  const expected = `data:image/png;base64,${Buffer.from(bytes).toString("base64")}`;
  const forms = {
    "an ArrayBuffer": bytes.buffer,
    "a part of a buffer": padded.subarray(5, 3005),
    "a Uint16Array": new Uint16Array(bytes.buffer),
    "a DataView": new DataView(padded.buffer, 5, 3000),
    "a Blob": new Blob([bytes], { type: "image/png" }),
    "a Blob without a type": new Blob([bytes]),
    "a File": new File([bytes], "fox.png", { type: "image/png" }),
  };
  for (const [name, form] of Object.entries(forms)) {
    for (const image of [form, { image: form }, [{ image: form, frame: "first" }]]) {
      const seen = counting();
      const client = createClient(sim, { fetch: seen.fetch });
      const quote = runware(client, { ...REQUEST, image, size: "1280x720" });
      assert.equal(quote.totalUsd, 1.2, name);
      await client.generate({ ...REQUEST, image, size: "1280x720" });
      assert.ok(seen.submissions()[0].body.includes(`"${expected}"`), name);
    }
  }
});

test("URL objects are read as their text", async (t) => {
  const sim = await simulator(t);
  const seen = counting();
  const client = createClient(sim, { fetch: seen.fetch });
  const image = new URL("https://example.com/a b.png");
  await client.generate({ ...REQUEST, image, webhookUrl: new URL("https://hooks.example.com/x") });
  const { body } = seen.submissions()[0];
  assert.ok(body.includes('"https://example.com/a%20b.png"') && body.includes('"https://hooks.example.com/x"'), body);
});

test("a file that no provider takes is named, before and after it is read", async () => {
  const client = createClient({ settings: { runware: { apiKey: KEY } } });
  const heic = new Uint8Array([0, 0, 0, 20, ...Buffer.from("ftypheic"), 0, 0, 0, 0, ...Buffer.from("mif1")]);
  const messageOf = (image) => client.validate({ ...REQUEST, image }).issues[0]?.message;
  const expected = "This is HEIC: send JPEG or PNG.";
  assert.equal(messageOf(heic), expected);
  assert.equal(messageOf(new Blob([heic], { type: "image/heic" })), expected);
  assert.equal(messageOf(new File([heic], "IMG_1.HEIC")), expected);
  assert.equal(messageOf(new Blob(["<html>"], { type: "text/html" })), "This is HTML: send JPEG or PNG.");
  assert.match(messageOf(new Uint8Array(50)), /^The bytes are not an image of a known type/);
  // Its type says nothing, and its bytes are read by the submit.
  const unknown = new Blob([heic]);
  assert.equal(messageOf(unknown), undefined);
  await assert.rejects(client.submit({ ...REQUEST, image: unknown }), { code: "invalid_request", charge: "none" });
});

test("a blob that is too large or cannot be read is refused before anything is sent", async (t) => {
  const sim = await simulator(t);
  const client = createClient(sim);
  const large = { ...REQUEST, image: new Blob([new Uint8Array(9 * MB)]), allowInlineImages: true };
  const runpod = client.validate(large).listings.find(({ provider }) => provider === "runpod");
  assert.deepEqual(runpod.issues.map(({ code }) => code).filter((code) => code === "too_long"), ["too_long"]);
  const gone = new Blob(["x"], { type: "image/png" });
  gone.arrayBuffer = async () => {
    throw new DOMException("gone", "NotReadableError");
  };
  await assert.rejects(client.submit({ ...REQUEST, image: gone }), (error) => {
    return error.code === "invalid_request" && error.issues[0].path === "image" && error.cause.message === "gone";
  });
  assert.deepEqual((await sim.ledger()).submissions, []);
});

test("an image of five megabytes arrives complete, and does not grow the module's memory", async (t) => {
  const sim = await simulator(t);
  const seen = counting();
  const client = createClient(sim, { fetch: seen.fetch });
  client.validate(REQUEST);
  const before = memory.buffer.byteLength;
  const bytes = png(1280, 720, 5 * MB);
  const outcome = await client.generate({ ...REQUEST, image: bytes });
  assert.ok(memory.buffer.byteLength - before < MB);
  const [{ inputs }] = JSON.parse(seen.submissions()[0].body);
  const [, type, base64] = JSON.stringify(inputs).match(/data:(image\/png);base64,([^"]*)/);
  assert.equal(type, "image/png");
  const hash = (data) => createHash("sha256").update(data).digest("hex");
  assert.equal(hash(Buffer.from(base64, "base64")), hash(bytes));
  // Once it is accepted, it is not kept.
  const [{ handle }] = await client.jobs();
  assert.equal(handle.id, outcome.handle.id);
  assert.ok(JSON.stringify(await client.jobs()).length < 10_000);
});

test("a data URI of a little more than 64 kB keeps every character", async (t) => {
  const sim = await simulator(t);
  const generate = async (length) => {
    const seen = counting();
    const image = `data:image/png;base64,${Buffer.from(png(1280, 720, length)).toString("base64")}`;
    await createClient(sim, { fetch: seen.fetch }).generate({ ...REQUEST, image });
    assert.ok(seen.submissions()[0].body.includes(`"${image}"`), `${image.length} characters`);
  };
  await Promise.all([49_100, 49_136, 49_150, 49_200, 70_000].map(generate));
});

test("a resubmit after HTTP 429 has the image again", async (t) => {
  const sim = await simulator(t);
  await sim.faults({ operation: "submit", fault: { kind: "rateLimit" } });
  const seen = counting();
  await createClient(sim, { fetch: seen.fetch }).generate({ ...REQUEST, image: png(1280, 720, 2 * MB) });
  const [first, second] = seen.submissions();
  assert.equal(first.body, second.body);
  assert.ok(first.body.length > 2.6 * MB);
});

for (const data of ["videoBase64Data", "videoDataURI"]) {
  test(`a response with ${data} returns the video without copying it into the module's memory`, async () => {
    const base64 = Buffer.from(png(1, 1, 5 * MB)).toString("base64");
    const text = data === "videoDataURI" ? `data:video/mp4;base64,${base64}` : base64;
    const fetch = async (request) => {
      const [{ taskUUID }] = await request.json();
      const row = {
        taskType: "videoInference",
        taskUUID,
        videoUUID: taskUUID,
        cost: 1.2,
        [data]: text,
      };
      return Response.json({ data: [row] });
    };
    const client = createClient({ settings: { runware: { apiKey: KEY } } }, { fetch });
    client.validate(REQUEST);
    const before = memory.buffer.byteLength;
    const { videos, raw } = await client.generate({ ...REQUEST, size: "1280x720" });
    assert.ok(memory.buffer.byteLength - before < MB);
    assert.equal(videos[0].data.length, text.length);
    assert.ok(videos[0].data === text && raw.data[0][data] === text);

    const pieces = [];
    const sink = new WritableStream({ write: (piece) => void pieces.push(piece) });
    assert.deepEqual(await client.download(videos[0], sink), { bytes: 5 * MB });
    assert.equal(Buffer.concat(pieces).toString("base64"), base64);
  });
}
