// A form is read while it streams in, however its chunks are cut.
import assert from "node:assert/strict";
import { test } from "node:test";
import { workerModules } from "./worker-module.mjs";

const { boundaryOf, FormBody } = await workerModules("api/form-body.ts");

const encoder = new TextEncoder();

/** The fields of a form in chunks of that many bytes: texts, files as buffers; or the refusal's code. */
function read(bytes, boundary, size) {
  const form = new FormBody(boundary);
  for (let at = 0; at < bytes.length; at += size) {
    const excess = form.push(bytes.subarray(at, at + size));
    if (excess) return excess.code;
  }
  return form.fields()?.map(([name, value]) => [
    name,
    typeof value === "string" ? value : Buffer.concat([...value.blocks.pieces()]),
  ]);
}

const file = Buffer.from(Array.from({ length: 3000 }, (_, at) => (at * 7919) % 256));
const nearly = Buffer.from("\r\n--\r\n---\r\r\n\r\n--bound\r\n--boundar\r");

/** A form as the platform's own `FormData` writes it. */
async function written(fields) {
  const form = new FormData();
  for (const [name, value] of fields) {
    form.append(name, typeof value === "string" ? value : new File([value], 'a "b" ü.png'));
  }
  const response = new Response(form);
  return {
    bytes: new Uint8Array(await response.arrayBuffer()),
    boundary: boundaryOf(response.headers.get("content-type")),
  };
}

test("what the platform writes is read", async () => {
  const fields = [
    ["prompt", "Ünïcode 🎬\r\nin lines"],
    ["input_reference", file],
    ["empty", ""],
    ["filmgate[image][]", nearly],
    ["none", Buffer.alloc(0)],
  ];
  const { bytes, boundary } = await written(fields);
  for (const size of [1, 2, 3, 5, 17, 64, 1000, bytes.length]) {
    assert.deepEqual(read(bytes, boundary, size), fields, `in chunks of ${size}`);
  }
});

test("what Python's httpx and curl write is read", () => {
  const text =
    "--boundary\r\nContent-Disposition: form-data; name=prompt\r\n\r\nA boat\r\n" +
    "--boundary  \r\ncontent-type: image/png\r\ncontent-disposition: form-data; filename=\"a.png\"; name=\"image\"\r\n\r\n" +
    "x\r\n--boundar\r\n--boundary--\r\nepilogue";
  const expected = [["prompt", "A boat"], ["image", Buffer.from("x\r\n--boundar")]];
  for (const size of [1, 4, 1000]) {
    assert.deepEqual(read(encoder.encode(text), "boundary", size), expected);
    assert.deepEqual(read(encoder.encode(`preamble\r\n${text}`), "boundary", size), expected);
  }
});

const part = (name, text) => `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
const WRONG = [
  ["nothing", ""],
  ["no form", "a=b"],
  ["no end", part("a", "b")],
  ["no name", "--b\r\ncontent-disposition: form-data\r\n\r\nx\r\n--b--"],
  ["no headers", "--b\r\n\r\nx\r\n--b--"],
  ["bare line ends", part("a", "b").replaceAll("\r\n", "\n") + "--b--"],
  ["something after the boundary", `--bx\r\n${part("a", "b")}--b--`],
];
for (const [name, text] of WRONG) {
  test(`${name}: no form`, () => {
    for (const size of [1, 3, 1000]) assert.equal(read(encoder.encode(text), "b", size), undefined);
  });
}

test("many parts, long headers and long texts are refused while they arrive", () => {
  const many = part("a", "b").repeat(201);
  assert.equal(read(encoder.encode(many), "b", 100), "invalid_request_body");
  const headers = `--b\r\n${"x-a: b\r\n".repeat(1_000)}`;
  assert.equal(read(encoder.encode(headers), "b", 100), "invalid_request_body");
  assert.equal(read(encoder.encode(part("a", "x".repeat(1_000_100))), "b", 65_536), "payload_too_large");
});

test("a boundary is read from its media type, in both spellings", () => {
  assert.equal(boundaryOf("multipart/form-data; boundary=abc"), "abc");
  assert.equal(boundaryOf('multipart/form-data; charset=utf-8; Boundary="a b:c"'), "a b:c");
  for (const type of ["multipart/form-data", "multipart/form-data; boundary=", `x; boundary=${"a".repeat(71)}`]) {
    assert.equal(boundaryOf(type), undefined, type);
  }
});
