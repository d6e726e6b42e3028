// `serve --simulate` gives simulated providers to any tool, such as another filmgate.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { waitFor } from "../client/support.mjs";
import { REQUEST, workplace } from "./support.mjs";

test("another command and a program generate with it, and SIGINT ends it", async (t) => {
  const { start, run } = workplace(t);
  const server = start(["serve", "--simulate", "--port", "0", "--json", "--job-duration", "0.3"]);
  let line = "";
  server.process.stdout.on("data", (data) => (line += data));
  await waitFor(() => line.includes("\n"));
  const { runpod, runware, origin } = JSON.parse(line);
  const env = { RUNPOD_BASE_URL: runpod, RUNWARE_BASE_URL: runware, RUNPOD_API_KEY: "simulated", RUNWARE_API_KEY: "simulated" };
  const { code, stderr } = await run(["generate", ...REQUEST, "--max-cost", "1"], { env });
  assert.equal(code, 0, stderr);
  const client = createFilmgate({ runpod: { apiKey: "any-key-at-all", baseURL: runpod }, runware: { apiKey: "any-key-at-all", baseURL: runware } });
  const request = { model: "wan-2.6", prompt: "A fox", duration: 5, resolution: "720p" };
  const { videos } = await client.generate(request, { provider: "runpod" });
  const response = await client.download(videos[0]);
  assert.ok((await response.arrayBuffer()).byteLength > 1_000);
  const { charges } = await (await fetch(`${origin}/control/ledger`)).json();
  assert.equal(charges.length, 2);
  // An injected reset closes the connection.
  const rule = { provider: "runpod", operation: "submit", fault: { kind: "resetBefore" } };
  await fetch(`${origin}/control/fault`, { method: "POST", body: JSON.stringify(rule) });
  const body = JSON.stringify({ input: { prompt: "A fox" } });
  const headers = { authorization: "Bearer simulated", "content-type": "application/json" };
  await assert.rejects(fetch(`${runpod}/wan-2-6-t2v/run`, { method: "POST", headers, body }), TypeError);
  assert.equal((await server.kill("SIGINT")).code, 130);
});

test("without `--simulate`, and on a port that is in use, it says what to do", async (t) => {
  const { run, start } = workplace(t);
  assert.match((await run(["serve"])).stderr, /pass --simulate/);
  const server = start(["serve", "--simulate", "--port", "0", "--json"]);
  let line = "";
  server.process.stdout.on("data", (data) => (line += data));
  await waitFor(() => line.includes("\n"));
  const { port } = new URL(JSON.parse(line).origin);
  const second = await run(["serve", "--simulate", "--port", port]);
  assert.equal(second.code, 2);
  assert.match(second.stderr, /EADDRINUSE.*Pass another --port/);
});
