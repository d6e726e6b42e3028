// A server that submits to RunPod without a store is warned, once.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { join } from "node:path";
import { root } from "../../scripts/lib/run.mjs";
import { REQUESTS } from "./support.mjs";

const INDEX = JSON.stringify(join(root, "pkg/dist/index.js"));

/** What two submits write to standard error, in a process of their own without a network. */
function warnings(options, { provider = "runpod", before = "" } = {}) {
  const program = `
    globalThis.fetch = async () => { throw Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } }); };
    ${before}
    const { createFilmgate, memoryStore } = await import(${INDEX});
    const keys = { runpod: { apiKey: "k" }, runware: { apiKey: "k" } };
    for (let time = 0; time < 2; time++) {
      const client = createFilmgate({ ...keys, ...${options} });
      await client.generate(${JSON.stringify(REQUESTS[provider])}, { provider: "${provider}", timeoutMs: 2_000 }).catch(() => {});
    }`;
  const { stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stderr.split("\n").filter(Boolean);
}

test("a memory store that nobody chose is named once, with what to pass", () => {
  const lines = warnings("{}");
  assert.equal(lines.length, 1, lines.join("\n"));
  assert.match(lines[0], /in memory.*filmgate\/node.*memoryStore\(\)/);
});

const SILENT = {
  "a store that was chosen": ["{ store: memoryStore() }"],
  "Runware, which finds a lost job": ["{}", { provider: "runware" }],
  "a simulated provider": ['{ runpod: { apiKey: "k", baseURL: "http://127.0.0.1:9/v2" } }'],
  "a fetch function of a test": ["{ fetch: globalThis.fetch }"],
  "a page": ["{}", { before: 'globalThis.location = new URL("https://example.com");' }],
};
for (const [what, args] of Object.entries(SILENT)) {
  test(`${what} is not warned of`, () => assert.deepEqual(warnings(...args), []));
}
