// A JSON body is counted while it streams in, however its chunks are cut.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BodyScanner } from "../../worker/src/api/body-scanner.ts";

/** The code of the refusal of a body in chunks of that many bytes, or undefined. */
function refusal(text, size = text.length) {
  const bytes = new TextEncoder().encode(text);
  const scanner = new BodyScanner();
  for (let at = 0; at < bytes.length; at += size) {
    const excess = scanner.scan(bytes.subarray(at, at + size));
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
