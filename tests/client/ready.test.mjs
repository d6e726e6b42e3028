// `ready` compiles the module ahead of the first call, in the background.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFilmgate, ready } from "../../pkg/dist/index.js";
import { BOTH } from "./support.mjs";

const MODULE_BYTES = 10_000;

/** The modules that are compiled while a call waits: not the decoder of the inlined bytes. */
let compiled = 0;
const { Module } = WebAssembly;
WebAssembly.Module = new Proxy(Module, {
  construct(target, [bytes]) {
    if (bytes.byteLength > MODULE_BYTES) compiled += 1;
    return new target(bytes);
  },
});

test("the first call after `ready` compiles no module", async () => {
  const { compile } = WebAssembly;
  let inBackground = 0;
  WebAssembly.compile = (bytes) => {
    inBackground += 1;
    return compile(bytes);
  };
  await Promise.all([ready(), ready()]);
  assert.equal(createFilmgate().validate(BOTH).ok, true);
  await ready();
  assert.deepEqual([compiled, inBackground > 0], [0, true]);
});
