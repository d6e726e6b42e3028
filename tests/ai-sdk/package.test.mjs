// The packed entry: its types match both majors', it has no dependency, and it runs in workerd.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { startWorker } from "../client/engine.mjs";
import { REQUESTS } from "../client/support.mjs";
import { PROVIDERS, paidOnce, simulator, waitFor } from "./support.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
describe("the entry", { concurrency: 4 }, () => {
  test("an application compiles against the published types of both majors", () => {
    const tsc = here("../../node_modules/typescript/bin/tsc");
    const options = { encoding: "utf8", stdio: "pipe" };
    assert.equal(execFileSync(process.execPath, [tsc, "-p", here("types")], options), "");
  });

  test("the bundle has no code of others", async () => {
    for (const [name, outside] of [
      ["index.js", []],
      ["workerd.js", ["./filmgate.wasm"]],
    ]) {
      const { metafile } = await build({
        entryPoints: [here(`../../pkg/dist/ai-sdk/${name}`)],
        bundle: true,
        format: "esm",
        packages: "external",
        external: ["*.wasm"],
        metafile: true,
        write: false,
      });
      const [{ imports }] = Object.values(metafile.outputs);
      assert.deepEqual(
        imports.map(({ path }) => path),
        outside,
      );
    }
  });

  for (const id of PROVIDERS) {
    test(`${id}: in workerd, one request starts and later ones poll`, async (t) => {
      const sim = await simulator(t, { jobDurationMs: 700 });
      const worker = await startWorker("tests/ai-sdk/fixtures/worker.js", ["filmgate.wasm"]);
      t.after(worker.stop);
      const ask = async (asked) => {
        const body = JSON.stringify({ settings: sim.settings, ...asked });
        const answer = await fetch(worker.origin, { method: "POST", body });
        assert.equal(answer.status, 200, await answer.clone().text());
        return answer.json();
      };
      const { prompt, image, duration, size } = REQUESTS[id];
      const call = {
        ...{ prompt, duration, n: 1, headers: { "idempotency-key": "aisdk_vid_1" } },
        ...(image && { image: { type: "url", url: image } }),
        ...(size && { resolution: size }),
        providerOptions: { filmgate: { provider: id } },
      };
      const { operation } = await ask({ call });
      const { videos } = await waitFor(async () => {
        const status = await ask({ operation });
        return status.status === "completed" && status;
      });
      assert.equal(videos.length, 1);
      await paidOnce(sim);
    });
  }
});
