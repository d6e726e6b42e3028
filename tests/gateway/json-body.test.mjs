// A JSON body is counted, and its images are decoded, while it streams in, however its chunks are cut.
import assert from "node:assert/strict";
import { test } from "node:test";
import { workerModules } from "./worker-module.mjs";

const { HeldImage, JsonBody } = await workerModules("api/json-body.ts");

/** The code of the refusal of a body in chunks of that many bytes, or undefined. */
function refusal(text, size = text.length) {
  const bytes = new TextEncoder().encode(text);
  const body = new JsonBody();
  for (let at = 0; at < bytes.length; at += size) {
    const excess = body.push(bytes.subarray(at, at + size));
    if (excess) return excess.code;
  }
  return undefined;
}

const image = `data:image/png;base64,${"A".repeat(3_000_000)}`;
const BODIES = [
  ["what people send", JSON.stringify({ prompt: 'A "quoted" \\ fox, [brackets] {braces}', seconds: "5" }), undefined],
  ["punctuation in a string", JSON.stringify({ prompt: "[{,".repeat(10_000) }), undefined],
  ["an escaped quote before punctuation", JSON.stringify({ prompt: `\\"${",".repeat(9_000)}` }), undefined],
  ["an image", JSON.stringify({ input_reference: image }), undefined],
  ["two thousand values", `[${"1,".repeat(1_990)}1]`, undefined],
  ["many values", `[${"1,".repeat(3_000)}1]`, "invalid_request_body"],
  ["many lists", "[],".repeat(3_000), "invalid_request_body"],
  ["many levels", "[".repeat(49), "invalid_request_body"],
  ["a long text", JSON.stringify({ prompt: "x".repeat(1_000_001) }), "payload_too_large"],
  ["a long text that begins like an image", JSON.stringify({ prompt: `dat:${"x".repeat(1_000_001)}` }), "payload_too_large"],
  ["a long number", `{"seconds":${"9".repeat(1_000_001)}}`, "payload_too_large"],
];

for (const [name, text, code] of BODIES) {
  test(`${name}: ${code ?? "accepted"}`, () => {
    for (const size of [text.length, 65_536, 7, ...(text.length < 100_000 ? [1] : [])]) {
      assert.equal(refusal(text, size), code, `in chunks of ${size}`);
    }
  });
}

/** The value of a body in chunks of that many bytes, with each image as a text. */
function valueOf(text, size) {
  const bytes = new TextEncoder().encode(text);
  const body = new JsonBody();
  for (let at = 0; at < bytes.length; at += size) {
    assert.equal(body.push(bytes.subarray(at, at + size)), undefined);
  }
  const images = [];
  const value = JSON.parse(JSON.stringify(body.value(), (_, one) => {
    if (!(one instanceof HeldImage)) return one;
    images.push(Buffer.concat([...one.blocks.pieces()]));
    return one.asText();
  }));
  return { value, images };
}

const bytes = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 256));
const uri = (length) => `data:image/png;base64,${bytes.subarray(0, length).toString("base64")}`;

test("images of any length are decoded, and what else the body has stays", () => {
  for (const length of [0, 1, 2, 3, 4, 1022, 1023, 1024, 5000]) {
    const json = { prompt: "Ünïcode 🎬", image: uri(length), list: [uri(2), "x", uri(7)] };
    for (const size of [1, 2, 3, 5, 64, 65_536]) {
      const { value, images } = valueOf(JSON.stringify(json), size);
      assert.deepEqual(value, json, `${length} bytes in chunks of ${size}`);
      const expected = [length, 2, 7].map((count) => bytes.subarray(0, count));
      assert.deepEqual(images, expected, `${length} bytes in chunks of ${size}`);
    }
  }
});

test("escapes of writers are read: slashes of PHP, plus signs of .NET, line ends of MIME", () => {
  const text = JSON.stringify({ image: uri(5000) });
  const escaped = [
    text.replaceAll("/", "\\/"),
    text.replaceAll("+", "\\u002B"),
    text.replace("base64,", "base64,\\r\\n").replace(/([A-Za-z0-9+/]{76})/g, "$1\\r\\n"),
  ];
  for (const one of escaped) {
    assert.notEqual(one, text);
    for (const size of [1, 7, 65_536]) assert.deepEqual(valueOf(one, size).images, [bytes]);
  }
});

const TEXTS = [
  "data:",
  "data:image/png;base64",
  "data:image/png;base64,A prompt, not an image",
  "data:image/png;base64,AAAA AAAA",
  "data:image/png;base64,AA==AAAA",
  "data:image/png;base64,%%%",
  'data:image/png;base64,AAAA\\"[{,',
  `data:image/png;base64,${"A".repeat(9_001)}ü🎬\\`,
  "data:text/plain,base64,AAAA",
  "DATA: the film",
  `data:${"x".repeat(300)};base64,AAAA`,
  "\\data:image/png;base64,AAAA",
  "dat",
];

test("a text that only begins like an image stays as it is", () => {
  for (const text of TEXTS) {
    const json = { prompt: text, "data:image/png;base64,AAAA": [text] };
    for (const size of [1, 2, 3, 7, 65_536]) {
      assert.deepEqual(valueOf(JSON.stringify(json), size).value, json, `${text} in chunks of ${size}`);
    }
  }
});

test("a body cannot name an image by its placeholder, or end within it", () => {
  const { value, images } = valueOf('{"a":"image:0","b":"image:00000000-0000-0000-0000-000000000000:0"}', 9);
  assert.deepEqual([value.a, images.length], ["image:0", 0]);
  for (const text of ['{"a":"data:image/png;base64,AAAA', '{"a":"data:im', '{"a":"x']) {
    assert.throws(() => valueOf(text, 4), SyntaxError, text);
  }
});

test("bytes one by one take no more memory than at once", () => {
  const body = new JsonBody();
  for (const byte of new TextEncoder().encode(`{"a":"${uri(5000)}"}`)) body.push(new Uint8Array([byte]));
  const [{ blocks }] = (body.value(), body.images);
  const held = [...blocks.pieces()].reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  assert.ok(held < 11_000, `${held} bytes`);
});
