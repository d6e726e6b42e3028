// docs/recipes/express.md: a server that is killed between any two phases pays once, and its video is on its disk.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, test } from "node:test";
import { assertPaidOnce, assertRanges, assertVideo } from "./lib/assert.mjs";
import { KEYS, folderOf, projectOf, providers, server, until } from "./lib/project.mjs";

let project;
before(async () => {
  project = await projectOf("express");
});

async function start(t, key) {
  const sim = await providers(t);
  const env = { ...sim.env, ...KEYS[key], DATA_FOLDER: folderOf() };
  return { ...(await server(t, { cwd: project, args: ["server.js"], env })), ledger: sim.ledger };
}

const put = (url, id, body = { prompt: "A lighthouse in the rain" }) =>
  fetch(`${url}/videos/${id}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

const content = (url, id) => async () => {
  const response = await fetch(`${url}/videos/${id}/content`);
  return response.ok && response.arrayBuffer();
};

for (const provider of ["runpod", "runware"]) {
  test(`${provider}: killed after the submit and requested again`, async (t) => {
    const { url, restart, ledger } = await start(t, provider);
    const id = randomUUID();
    assert.equal((await put(url, id)).status, 202);
    await restart();
    assert.equal((await put(url, id)).status, 202);
    assertVideo(await until(content(url, id)));
    await assertRanges(`${url}/videos/${id}/content`);
    const { status } = await (await fetch(`${url}/videos/${id}`)).json();
    assert.equal(status, "completed");
    await assertPaidOnce(ledger, provider);
  });
}

test("a video that completes while no server runs is stored by the next one, without a request", async (t) => {
  const { url, kill, start: startAgain, ledger } = await start(t, "runware");
  const id = randomUUID();
  await put(url, id);
  await kill();
  await until(async () => (await ledger()).charges.length === 1);
  await startAgain();
  assertVideo(await until(content(url, id)));
  await assertPaidOnce(ledger, "runware");
});

test("a request that filmgate rejects is 400 with its issues, and an unknown video 404", async (t) => {
  const { url, ledger } = await start(t, "runware");
  const rejected = await put(url, randomUUID(), { prompt: "" });
  assert.equal(rejected.status, 400);
  assert.equal((await rejected.json()).issues[0].path, "prompt");
  assert.equal((await put(url, "not-a-uuid")).status, 400);
  assert.equal((await fetch(`${url}/videos/${randomUUID()}`)).status, 404);
  assert.deepEqual((await ledger()).submissions, []);
});
