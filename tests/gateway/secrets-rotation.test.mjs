// The secrets that sign URLs are replaced without an interruption: the previous ones verify for 48 hours.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startSimulator } from "../../scripts/lib/simulator.mjs";
import { waitFor } from "./api.mjs";
import { openKeys } from "./keys.mjs";

const simulator = await startSimulator({ args: ["--job-duration-ms", "200"] });
after(simulator.stop);
const { ask, admin, call, run, at, gateway } = await openKeys({ after }, { simulator });
const START = Date.parse("2030-05-01T12:00:00.000Z");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const later = (ms) => at(new Date(START + ms).toISOString());
const sign = () => run("signedPath", "/v1/videos/video_1/content?index=0", START + 400 * HOUR);
const holds = (path) => run("verifySigned", `https://gateway.example${path}`);
const secrets = () => call("REGISTRY", "registry", "secrets");
const rotate = (body = {}) => admin("POST", "/secrets/rotate", body);

test("a video that was read before has valid URLs a minute after a rotation without an overlap", async () => {
  const { key } = await admin("POST", "/keys", { name: "a team" });
  const { id } = await ask(key, "POST", "/v1/videos", { model: "wan-2.6", prompt: "A boat" });
  const read = () => ask(key, "GET", `/v1/videos/${id}`);
  const { filmgate } = await waitFor(async () => {
    const video = await read();
    return video.status === "completed" && video;
  });
  const urlOf = ({ outcome }) => new URL(outcome.videos[0].url);
  const old = urlOf(filmgate);
  assert.equal(await run("verifySigned", old.href), true);
  const now = Date.now();
  await rotate({ overlapHours: 0 });
  await at(new Date(now + 61_000).toISOString());
  assert.equal(await run("verifySigned", old.href), false);
  assert.equal(await run("verifySigned", urlOf((await read()).filmgate).href), true);
  await at(undefined);
});

test("a new secret signs two minutes later, and the previous one verifies for 48 hours", async () => {
  await later(0);
  const before = await secrets();
  const old = await sign();
  const { http, rotatedAt, overlapHours } = await rotate();
  assert.deepEqual([http, rotatedAt, overlapHours], [200, START, 48]);
  const after = await secrets();
  assert.deepEqual([after.signing.length, after.webhook.length, after.rotatedAt], [2, 2, START]);
  assert.notEqual(after.signing[0].value, before.signing[0].value);
  assert.notEqual(after.webhook[0].value, before.webhook[0].value);
  assert.equal(await sign(), old, "every isolate reads the new one before it signs");
  await later(2 * MINUTE);
  const fresh = await sign();
  assert.notEqual(fresh, old);
  assert.deepEqual([await holds(old), await holds(fresh)], [true, true]);
  await later(48 * HOUR - 1);
  assert.deepEqual([await holds(old), await holds(fresh)], [true, true]);
  await later(48 * HOUR + MINUTE);
  assert.deepEqual([await holds(old), await holds(fresh)], [false, true]);
  assert.equal((await secrets()).signing.length, 1);
});

test("an isolate that knows only the previous secret accepts the new one's URLs in time", async () => {
  await later(100 * HOUR);
  const old = await sign();
  // As another isolate does: this one still has the list of before.
  await call("REGISTRY", "registry", "rotateSecrets", 48 * HOUR);
  assert.equal(await sign(), old);
  await later(100 * HOUR + 2 * MINUTE);
  const fresh = await sign();
  assert.notEqual(fresh, old);
  assert.deepEqual([await holds(old), await holds(fresh)], [true, true]);
});

test("two rotations in a row keep what was signed before both", async () => {
  await later(200 * HOUR);
  const first = await sign();
  await rotate();
  await later(200 * HOUR + 3 * MINUTE);
  const second = await sign();
  await rotate();
  await later(200 * HOUR + 6 * MINUTE);
  const third = await sign();
  assert.equal(new Set([first, second, third]).size, 3);
  assert.deepEqual([await holds(first), await holds(second), await holds(third)], [true, true, true]);
});

test("without an overlap everything that was signed before is closed", async () => {
  await later(300 * HOUR);
  const old = await sign();
  await rotate({ overlapHours: 0 });
  const fresh = await sign();
  assert.deepEqual([await holds(old), await holds(fresh)], [false, true]);
  assert.equal((await secrets()).signing.length, 1);
});

test("the overlap is from 0 to 48 hours", async () => {
  for (const overlapHours of [-1, 49, "1", null]) assert.equal((await rotate({ overlapHours })).http, 400);
});

test("a rotation survives a restart", async () => {
  await later(310 * HOUR);
  await rotate();
  await later(310 * HOUR + 2 * MINUTE);
  const signed = await sign();
  await gateway.restart();
  assert.equal(await holds(signed), true);
  await at(undefined);
});
