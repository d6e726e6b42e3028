// The gateway of `npm start`: a second start has the API key and the videos of the first.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startKeptGateway } from "../../scripts/lib/dev-gateway.mjs";
import { simulator, waitFor } from "../client/support.mjs";

const PAGE = "http://127.0.0.1:4173";
const ORDER = { model: "wan-2.6", prompt: "A fox", seconds: "5", size: "1280x720" };

test("a second start continues with the data of the first", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "filmgate-start-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const start = async (settings) => {
    const gateway = await startKeptGateway({ ...settings, pageOrigin: PAGE, folder });
    t.after(gateway.stop);
    return gateway;
  };
  const call = async ({ url, apiKey }, path, init) => {
    const headers = { authorization: `Bearer ${apiKey}`, origin: PAGE, "content-type": "application/json" };
    const answer = await fetch(url + path, { ...init, headers });
    assert.equal(answer.status, 200, await answer.clone().text());
    return answer;
  };

  const sim = await simulator(t);
  const first = await start({ simulator: sim });
  const created = await call(first, "/v1/videos", { method: "POST", body: JSON.stringify(ORDER) });
  assert.equal(created.headers.get("access-control-allow-origin"), PAGE, "the page may call it");
  const { id } = await created.json();
  await waitFor(async () => {
    const video = await (await call(first, `/v1/videos/${id}`)).json();
    return video.status === "completed";
  });
  const video = await (await call(first, `/v1/videos/${id}/content`)).bytes();
  await first.stop();
  await sim.stop();

  const second = await start({ simulator: await simulator(t) });
  assert.equal(second.apiKey, first.apiKey);
  assert.equal(second.adminToken, first.adminToken);
  assert.deepEqual(await (await call(second, `/v1/videos/${id}/content`)).bytes(), video);

  for (const name of ["admin-token", "api-key"]) {
    assert.equal(statSync(join(folder, name)).mode & 0o077, 0, `${name} is for its owner alone`);
    assert.ok(readFileSync(join(folder, name), "utf8").length > 40);
  }
});
