// A module that does not compile in the background is compiled by the next `ready`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFilmgate, ready } from "../../pkg/dist/index.js";
import { BOTH } from "./support.mjs";

test("a failed `ready` is no reason for the next one to fail", async () => {
  const { compile, Module } = WebAssembly;
  let compiled = 0;
  WebAssembly.compile = async () => Promise.reject(new WebAssembly.CompileError("no memory"));
  WebAssembly.Module = class {
    constructor() {
      throw new WebAssembly.CompileError("no memory");
    }
  };
  await assert.rejects(Promise.all([ready(), ready()]), { name: "FilmgateError", code: "internal_error" });
  WebAssembly.compile = async (bytes) => {
    compiled += 1;
    return compile(bytes);
  };
  WebAssembly.Module = Module;
  await ready();
  assert.equal(compiled, 1);
  assert.equal(createFilmgate().validate(BOTH).ok, true);
});
