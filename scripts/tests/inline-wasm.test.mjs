// A module's bytes round-trip through the encoding and the package's decoder.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { decodeWasm } from "../../pkg/dist/core/inline-wasm.js";
import { encodeWasm } from "../lib/inline-wasm.mjs";

const MODULE = readFileSync(new URL("../../pkg/dist/filmgate.wasm", import.meta.url));
const each = Uint8Array.from({ length: 256 }, (_, byte) => byte);

for (const [name, bytes] of [
  ["nothing", new Uint8Array()],
  ["one byte", Uint8Array.of(255)],
  ["each byte", each],
  ["each byte, from the end", Uint8Array.from(each).reverse()],
  ["bytes by chance", randomBytes(50_000)],
  ["the module", MODULE],
]) {
  test(`${name}: comes back as it was`, () => {
    const { text, ...rest } = JSON.parse(JSON.stringify(encodeWasm(bytes)));
    assert.match(text, /^[ -~]*$/);
    assert.doesNotMatch(text, /["'\\`$<&]/, "no character that needs an escape");
    assert.deepEqual([...decodeWasm({ text, ...rest })], [...bytes]);
  });
}

test("the encoded bytes compress like the bytes", () => {
  const [bytes, encoded] = [MODULE, encodeWasm(MODULE).text].map((data) => gzipSync(data).length);
  assert.ok(encoded < bytes * 1.02, `${encoded} of ${bytes} bytes`);
});
