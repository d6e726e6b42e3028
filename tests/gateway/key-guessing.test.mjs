// Guessed API keys and admin tokens: stopped by their checksum and by their address, before any object is called.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, test } from "node:test";
import { withChecksum } from "./account/objects.mjs";
import { waitFor } from "./job/jobs.mjs";
import { linesOf, openKeys } from "./keys.mjs";

const settings = { vars: { AUTH_FAILURES_PER_MINUTE: "20" } };
const { ask, admin, run, at, gateway } = await openKeys({ after }, settings);
/** As the proxy in front of a self-hosted gateway says it. */
const from = (address) => ({ "x-forwarded-for": address });
const guess = () => withChecksum(`fgw_${randomBytes(6).toString("hex")}${randomBytes(32).toString("base64url")}`);
const list = (key, address) => ask(key, "GET", "/v1/videos", undefined, from(address));
// The windows of a minute do not end during a test.
const freeze = (minute) => at(`2030-05-01T12:0${minute}:30.000Z`);

test("a key with a wrong checksum calls no object", async () => {
  await freeze(0);
  const { key } = await admin("POST", "/keys", { name: "a key" });
  const before = await run("woken");
  for (let index = 0; index < 15; index++) {
    const at = 4 + index * 4;
    const typo = key.slice(0, at) + (key[at] === "a" ? "b" : "a") + key.slice(at + 1);
    assert.equal((await list(typo, "192.0.2.1")).http, 401);
  }
  assert.equal(await run("woken"), before);
});

test("after twenty guesses a minute an address is answered 429, and calls no object", async () => {
  await freeze(1);
  for (let index = 0; index < 20; index++) assert.equal((await list(guess(), "192.0.2.2")).http, 401);
  const before = await run("woken");
  for (let index = 0; index < 30; index++) {
    const { http, error, headers } = await list(guess(), "192.0.2.2");
    assert.deepEqual([http, error.code, headers.get("retry-after")], [429, "rate_limited", "30"]);
  }
  assert.equal(await run("woken"), before);
  assert.equal((await list(guess(), "192.0.2.3")).http, 401, "another address");
  await freeze(2);
  assert.equal((await list(guess(), "192.0.2.2")).http, 401, "another minute");
});

test("the admin token is guessed as slowly, by keys and by tokens together", async () => {
  await freeze(3);
  const tryToken = (token) => ask(token, "GET", "/admin/api/keys", undefined, from("192.0.2.4"));
  for (let index = 0; index < 10; index++) {
    assert.equal((await tryToken("x".repeat(43))).http, 401);
    assert.equal((await tryToken(guess())).http, 401);
  }
  const compared = await run("comparisons");
  assert.equal((await tryToken("x".repeat(43))).http, 429);
  assert.equal((await tryToken(gateway.adminToken)).http, 429, "also the right one: it may be a guess");
  assert.equal(await run("comparisons"), compared);
  assert.equal((await admin("GET", "/keys")).http, 200, "from elsewhere it works");
});

test("an address of IPv6 is its /64", async () => {
  await freeze(4);
  for (let index = 0; index < 20; index++) await list(guess(), `2001:db8:1:2::${index.toString(16)}`);
  assert.equal((await list(guess(), "2001:db8:1:2:ffff::1")).http, 429);
  assert.equal((await list(guess(), "2001:DB8:1:2:0:0:0:9")).http, 429);
  assert.equal((await list(guess(), "2001:db8:1:3::1")).http, 401);
});

test("a key that the isolate knows works from an address that guesses; a revoked key is no guess", async () => {
  await freeze(5);
  const [used, revoked] = [await admin("POST", "/keys", { name: "a" }), await admin("POST", "/keys", { name: "b" })];
  assert.equal((await list(used.key, "192.0.2.5")).http, 200);
  await admin("DELETE", `/keys/${revoked.id}`);
  for (let index = 0; index < 30; index++) assert.equal((await list(revoked.key, "192.0.2.5")).http, 401);
  for (let index = 0; index < 25; index++) await list(guess(), "192.0.2.5");
  assert.equal((await list(guess(), "192.0.2.5")).http, 429);
  assert.equal((await list(used.key, "192.0.2.5")).http, 200);
  await at("2030-05-01T12:05:45.000Z");
  assert.equal((await list(used.key, "192.0.2.5")).http, 200, "also when it is read again");
  await at(undefined);
});

test("no Authorization header is no guess", async () => {
  await freeze(6);
  for (let index = 0; index < 30; index++) assert.equal((await list(undefined, "192.0.2.6")).http, 401);
  await at(undefined);
});

test("the binding AUTH_LIMITER blocks an address before the isolate's own count does", async (t) => {
  const one = await openKeys(t, { limits: { AUTH_LIMITER: 3, READ_LIMITER: 1e6 } });
  const answers = [];
  // The window may end once meanwhile.
  for (let index = 0; index < 10; index++) {
    answers.push((await one.ask(guess(), "GET", "/v1/videos", undefined, from("192.0.2.7"))).http);
  }
  assert.ok(answers.includes(429), String(answers));
});

test("a proxy that does not say the client's address is told once in the log", async (t) => {
  const one = await openKeys(t, settings);
  const told = () => linesOf(one.gateway, "error").filter(({ code }) => code === "no_client_address");
  const withKey = (key, headers) => one.ask(key, "GET", "/v1/videos", undefined, headers);
  await withKey(guess(), from("192.0.2.1"));
  for (let index = 0; index < 3; index++) await withKey(guess(), {});
  await one.admin("PATCH", "/keys/key_000000000000", {});
  await waitFor(() => linesOf(one.gateway, "audit").length > 0);
  assert.deepEqual(told().map(({ step }) => step), ["limit"]);
});
