// Calls of `ready` at the same time compile the module once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFilmgate, ready } from "../../pkg/dist/index.js";
import { BOTH } from "./support.mjs";

const MODULE_BYTES = 10_000;

test("three calls at once, and one more after them, compile one module", async () => {
  let compiled = 0;
  const { compile } = WebAssembly;
  WebAssembly.compile = (bytes) => {
    if (bytes.byteLength > MODULE_BYTES) compiled += 1;
    return compile(bytes);
  };
  await Promise.all([ready(), ready(), ready()]);
  await ready();
  assert.equal(compiled, 1);
  assert.equal(createFilmgate().validate(BOTH).ok, true);
});
