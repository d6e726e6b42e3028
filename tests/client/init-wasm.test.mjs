// `filmgate/slim` is given the module's bytes, and what happens to their buffer afterwards does not matter.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createFilmgate, initWasm, ready } from "../../pkg/dist/slim.js";
import { BOTH } from "./support.mjs";

const MODULE = readFileSync(new URL("../../pkg/dist/filmgate.wasm", import.meta.url));
/** The bytes in a buffer of their own. */
const bytes = () => new Uint8Array(MODULE);
const isUsable = () => createFilmgate().validate(BOTH).ok;

test("bytes that are detached before are refused by the first call, and others can follow", () => {
  const { buffer } = bytes();
  structuredClone(buffer, { transfer: [buffer] });
  initWasm(buffer);
  assert.throws(isUsable, { name: "FilmgateError", code: "internal_error", message: /call `initWasm`/ });
});

test("bytes that are transferred or overwritten after `initWasm` are not missed", async () => {
  const { buffer } = bytes();
  initWasm(buffer);
  structuredClone(buffer, { transfer: [buffer] });
  assert.equal(buffer.byteLength, 0);
  await ready();
  assert.equal(isUsable(), true);
  const view = bytes();
  initWasm(view);
  view.fill(0);
  await ready();
  assert.equal(isUsable(), true);
});
