// docs/recipes/react-native.md: the app's code against the server of docs/recipes/express.md, offline in between.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, test } from "node:test";
import { assertPaidOnce, assertVideo } from "./lib/assert.mjs";
import { KEYS, folderOf, projectOf, providers, server, until } from "./lib/project.mjs";
import { generateVideo } from "./react-native/video.js";

let project;
before(async () => {
  project = await projectOf("express");
});

async function start(t) {
  const sim = await providers(t);
  const env = { ...sim.env, ...KEYS.runware, DATA_FOLDER: folderOf() };
  return { ...(await server(t, { cwd: project, args: ["server.js"], env })), ledger: sim.ledger };
}

test("an app that loses the network and is restarted has one video", async (t) => {
  const { url, kill, start: startAgain, ledger } = await start(t);
  const id = randomUUID();
  const given = { id, prompt: "A lighthouse in the rain", token: "any" };
  await kill(); // No network at first.
  const first = generateVideo(url, given);
  await startAgain();
  const [before, again] = await Promise.all([first, generateVideo(url, given)]);
  assert.equal(before, again);
  const content = async () => {
    const response = await fetch(before);
    return response.ok && response.arrayBuffer();
  };
  assertVideo(await until(content));
  await assertPaidOnce(ledger, "runware");
});

test("a prompt that is rejected, and a generation that fails, are errors", async (t) => {
  const { url } = await start(t);
  await assert.rejects(generateVideo(url, { id: randomUUID(), prompt: "" }), /prompt/);
  await assert.rejects(generateVideo(url, { id: randomUUID(), prompt: "A fox [fail]" }));
});

test("the app's code needs no WebAssembly and nothing that React Native lacks", async (t) => {
  const { url } = await start(t);
  const missing = ["WebAssembly", "crypto", "indexedDB", "navigator"];
  const kept = missing.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
  t.after(() => kept.forEach(([name, property]) => property && Object.defineProperty(globalThis, name, property)));
  const id = randomUUID();
  for (const name of missing) delete globalThis[name];
  assert.equal(await generateVideo(url, { id, prompt: "A fox" }), `${url}/videos/${id}/content`);
});
