// The entry as it is packed: its types fit both majors', it brings nothing along, and it runs in workerd.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startWorker } from "../facade/engine.mjs";
import { REQUESTS } from "../facade/support.mjs";
import { PROVIDERS, paidOnce, simulator, waitFor } from "./support.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const IMPORTS = /^(?:import|export (?!default))[^"';]*["']([^"']+)["']/gm;

/** The files of ours that an entry is made of. */
function filesOf(entry, found = new Set()) {
  if (found.has(entry)) return found;
  found.add(entry);
  for (const [, name] of readFileSync(entry, "utf8").matchAll(IMPORTS)) {
    assert.ok(name.startsWith("."), `${entry} imports ${name}`);
    const file = join(dirname(entry), name);
    if (file.endsWith(".js")) filesOf(file, found);
  }
  return found;
}

describe("the entry", { concurrency: 4 }, () => {
  test("an application compiles against the published types of both majors", () => {
    const tsc = here("../../node_modules/typescript/bin/tsc");
    const options = { encoding: "utf8", stdio: "pipe" };
    assert.equal(execFileSync(process.execPath, [tsc, "-p", here("types")], options), "");
  });

  test("it imports files of its own package alone", () => {
    for (const name of ["index.js", "workerd.js"]) {
      const files = filesOf(here(`../../pkg/dist/ai-sdk/${name}`));
      assert.ok(files.size > readdirSync(here("../../pkg/src/ai-sdk")).length);
      assert.ok([...files].every((file) => existsSync(file)));
    }
  });

  for (const id of PROVIDERS) {
    test(`${id}: in workerd, one request starts and later ones ask`, async (t) => {
      const sim = await simulator(t, { runMs: 700 });
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
        const told = await ask({ operation });
        return told.status === "completed" && told;
      });
      assert.equal(videos.length, 1);
      await paidOnce(sim);
    });
  }
});
