// The gateway's memory under bodies that are made to take it: `npm run bench:memory` in small. What this allows is far
// above what it takes, and far below what bodies took that were held as they are sent.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { measure } from "../../bench/memory/load.mjs";
import { gateway } from "./api.mjs";

const MAX_GROWTH_MB = 130;

test("hostile bodies and large uploads at once", { skip: process.platform !== "linux", timeout: 120_000 }, async () => {
  const served = await gateway({ after }, { entry: "bench/memory/worker.ts" });
  const keys = [await served.createKey(), await served.createKey()];
  const load = { connections: 200, uploads: 6, imageBytes: 6_000_000 };
  const { baseMb, peakMb, statuses } = await measure({ url: served.url, pid: served.workerd, keys, ...load });
  assert.ok(peakMb - baseMb < MAX_GROWTH_MB, `${baseMb} MB → ${peakMb} MB`);
  // On a slow machine some may be told to retry; none is lost in another way.
  assert.deepEqual(statuses.filter((status) => ![200, 503].includes(status)), []);
  assert.ok(statuses.includes(200));
  assert.equal((await served.call("/healthz")).status, 200);
});
