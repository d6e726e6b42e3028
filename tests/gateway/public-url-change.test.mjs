// A gateway that moves to another domain: what was made before is at the new one.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startGateway } from "../../scripts/lib/gateway.mjs";
import { startSimulator } from "../../scripts/lib/simulator.mjs";
import { ALONE, recorder, waitFor } from "./api.mjs";

test("after PUBLIC_URL is set, the URLs of earlier videos are at the new origin", { timeout: 300_000 }, async (t) => {
  const simulator = await startSimulator({ args: ["--job-duration-ms", "200"] });
  t.after(simulator.stop);
  let isAway = false;
  const provider = await recorder(t, () => (isAway ? "http://127.0.0.1:1" : simulator.runware));
  const persist = mkdtempSync(join(tmpdir(), "filmgate-moved-"));
  t.after(() => rmSync(persist, { recursive: true, force: true }));
  const common = { RUNWARE_BASE_URL: provider.url, PROVIDER_PROBE_SECONDS: "0.2" };
  const before = await startGateway({ simulator, persist, vars: { PUBLIC_URL: "https://before.example", ...common } });
  const { apiKey } = await before.createKey();
  const callOf = ({ url }) => async (path, json) => {
    const headers = { ...ALONE, authorization: `Bearer ${apiKey}`, ...(json && { "content-type": "application/json" }) };
    const answer = await fetch(url + path, { headers, ...(json && { method: "POST", body: JSON.stringify(json) }) });
    const body = await answer.json();
    assert.equal(answer.status, 200, JSON.stringify(body));
    return body;
  };
  const early = callOf(before);
  const { id } = await early("/v1/videos", { prompt: "A boat that moves", filmgate: { provider: "runware" } });
  const old = await waitFor(async () => {
    const video = await early(`/v1/videos/${id}`);
    return video.status === "completed" && video;
  });
  assert.equal(new URL(old.filmgate.outcome.videos[0].url).origin, "https://before.example");
  // One that waits for its provider until after the move.
  isAway = true;
  const late = await early("/v1/videos", { prompt: "A boat that waits", filmgate: { provider: "runware" } });
  await waitFor(async () => (await early(`/v1/videos/${late.id}`)).filmgate.waiting);
  await before.kill();

  const { port } = new URL(before.url);
  const PUBLIC_URL = `http://localhost:${port}`;
  const after = await startGateway({ simulator, persist, port: Number(port), vars: { PUBLIC_URL, ...common } });
  t.after(after.stop);
  const call = callOf(after);
  const { data } = await call("/v1/videos");
  const videos = [
    (await call(`/v1/videos/${id}`)).filmgate.outcome.videos[0].url,
    data.find((video) => video.id === id).filmgate.outcome.videos[0].url,
    (await call(`/api/v1/videos/${id}`)).urls[0],
  ];
  for (const url of videos) {
    assert.equal(new URL(url).origin, PUBLIC_URL);
    const answer = await fetch(url, { headers: ALONE });
    assert.equal(answer.status, 200);
    assert.equal(Buffer.from(await answer.arrayBuffer()).toString("latin1", 4, 8), "ftyp");
  }
  isAway = false;
  await waitFor(async () => (await call(`/v1/videos/${late.id}`)).status === "completed");
  const [{ webhookURL }] = provider.calls.filter(({ body }) => body.includes("A boat that waits")).flatMap(({ body }) => JSON.parse(body));
  assert.equal(new URL(webhookURL).origin, PUBLIC_URL, "also those of webhooks that are built now");
});
