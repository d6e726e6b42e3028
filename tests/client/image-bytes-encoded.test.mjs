// How much of an image's bytes is encoded: validation sees only the beginning, and no byte costs an iterator's step.
import assert from "node:assert/strict";
import { test } from "node:test";
import { toBase64 } from "../../pkg/dist/util/encoding.js";
import { KEY, PROMPT, createClient, counting, simulator } from "./support.mjs";

const MB = 1 << 20;
/** More than what the module sees of a text. */
const SEEN_BYTES = 65_536;
const REQUEST = { model: "sora-2-pro", prompt: PROMPT, duration: 4, size: "1280x720" };

function png(length) {
  const bytes = new Uint8Array(length).map((_, at) => at * 31);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 5, 0, 0, 0, 2, 0xd0]);
  return bytes;
}

/** Counts the characters that `btoa` encodes and the bytes that are read one by one, while `work` runs. */
async function counted(work) {
  const count = { encoded: 0, stepped: 0 };
  const { btoa } = globalThis;
  globalThis.btoa = (text) => {
    count.encoded += text.length;
    return btoa(text);
  };
  const TypedArray = Object.getPrototypeOf(Uint8Array.prototype);
  const { values } = TypedArray;
  TypedArray[Symbol.iterator] = function () {
    count.stepped += this.length;
    return values.call(this);
  };
  try {
    await work();
  } finally {
    TypedArray[Symbol.iterator] = values;
    globalThis.btoa = btoa;
  }
  return count;
}

test("validate and quote encode no more of an image than the module sees", async () => {
  const client = createClient({ settings: {} });
  const image = png(8 * MB);
  const { encoded } = await counted(() => {
    client.validate({ ...REQUEST, image });
    client.quote({ ...REQUEST, image });
  });
  assert.ok(encoded <= 2 * SEEN_BYTES, `${encoded} bytes`);
});

test("no byte of an image that is submitted costs a step of an iterator", async (t) => {
  const sim = await simulator(t);
  const seen = counting();
  const client = createClient(sim, { fetch: seen.fetch });
  const image = png(MB);
  const { stepped } = await counted(async () => client.generate({ ...REQUEST, image }));
  assert.ok(stepped < SEEN_BYTES, `${stepped} bytes`);
  assert.ok(seen.submissions()[0].body.includes(`"data:image/png;base64,${Buffer.from(image).toString("base64")}"`));
});

test("the answer is that for the same image as a data URI, at any length", () => {
  const client = createClient({ settings: { runpod: { apiKey: KEY } } });
  for (const length of [30, 49_134, 49_135, 49_136, 49_137, 49_152, 49_153, 49_154, 200_001, 8 * MB]) {
    for (const model of ["sora-2-pro", "seedance-2.0", "runpod:echo"]) {
      const bytes = png(length);
      const uri = `data:image/png;base64,${Buffer.from(bytes).toString("base64")}`;
      for (const of of [(image) => ({ image }), (image) => ({ referenceImages: image })]) {
        const request = (image) => ({ ...REQUEST, model, ...of(image) });
        assert.deepEqual(client.validate(request(bytes)), client.validate(request(uri)), `${model}, ${length}`);
        assert.deepEqual(client.quote(request(bytes)), client.quote(request(uri)), `${model}, ${length}`);
      }
    }
  }
});

test("Base64 of any length is that of the bytes, with and without the engine's own", (t) => {
  const lengths = [0, 1, 2, 3, 32_765, 32_766, 32_767, 65_533, 100_001];
  const own = Uint8Array.prototype.toBase64;
  t.after(() => own && Object.defineProperty(Uint8Array.prototype, "toBase64", { value: own, configurable: true, writable: true }));
  const check = () => {
    for (const length of lengths) {
      const bytes = png(Math.max(length, 24)).subarray(0, length);
      assert.equal(toBase64(bytes), Buffer.from(bytes).toString("base64"));
    }
  };
  check();
  delete Uint8Array.prototype.toBase64;
  check();
});
