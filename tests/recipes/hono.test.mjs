// docs/recipes/hono.md: nothing runs between two requests, and a server that is killed there pays once.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { assertPaidOnce, assertRanges, assertVideo } from "./lib/assert.mjs";
import { DAY_MS, KEYS, advance, folderOf, projectOf, providers, server, until } from "./lib/project.mjs";

let project;
before(async () => {
  project = await projectOf("hono");
});

async function start(t, key) {
  const sim = await providers(t);
  const env = { ...sim.env, ...KEYS[key], DATA_FOLDER: folderOf() };
  return { ...(await server(t, { cwd: project, args: ["server.js"], env })), ledger: sim.ledger, simulator: sim.simulator };
}

const put = (url, id, prompt = "A lighthouse in the rain") =>
  fetch(`${url}/videos/${id}`, { method: "PUT", body: JSON.stringify({ prompt }) });

for (const provider of ["runpod", "runware"]) {
  test(`${provider}: killed after each request, and the first one sent twice`, async (t) => {
    const { url, restart, ledger } = await start(t, provider);
    const id = randomUUID();
    assert.equal((await put(url, id)).status, 202);
    await restart();
    assert.equal((await put(url, id)).status, 202);
    for (let job; job?.status !== "completed"; ) {
      job = await (await fetch(`${url}/videos/${id}`)).json();
      assert.equal(job.error, undefined);
      await restart();
      if (job.nextPollAt) await sleep(Math.max(0, job.nextPollAt - Date.now()));
    }
    const video = await fetch(`${url}/videos/${id}/content`);
    assert.equal(video.headers.get("content-type"), "video/mp4");
    assertVideo(await video.arrayBuffer());
    await assertRanges(`${url}/videos/${id}/content`);
    await assertPaidOnce(ledger, provider);
  });
}

test("a request that filmgate rejects is 400 with its issues, and an unknown video 404", async (t) => {
  const { url, ledger } = await start(t, "runware");
  const rejected = await put(url, randomUUID(), "");
  assert.equal(rejected.status, 400);
  assert.equal((await rejected.json()).issues[0].path, "prompt");
  assert.equal((await fetch(`${url}/videos/${randomUUID()}`)).status, 404);
  assert.equal((await fetch(`${url}/videos/${randomUUID()}/content`)).status, 404);
  assert.deepEqual((await ledger()).submissions, []);
});

test("a video whose URL expires before anyone asks for it is gone; one that was asked for stays", async (t) => {
  const { url, simulator } = await start(t, "runware");
  const [asked, unasked] = [randomUUID(), randomUUID()];
  const content = (id) => fetch(`${url}/videos/${id}/content`);
  for (const id of [asked, unasked]) {
    await put(url, id);
    await until(async () => (await (await fetch(`${url}/videos/${id}`)).json()).status === "completed");
  }
  assert.equal((await content(asked)).status, 200);
  await advance(simulator, 30 * DAY_MS);
  assert.equal((await content(unasked)).status, 410);
  assertVideo(await (await content(asked)).arrayBuffer());
});
