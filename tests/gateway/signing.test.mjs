// Signed URLs open what was signed, until they expire, and nothing else.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openObjects } from "./account/objects.mjs";

const objects = await openObjects({ after });
const PATH = "/v1/videos/video_1/content?index=1&name=a%20b";
const NOW = "2030-05-01T12:00:00.000Z";
const END = Date.parse(NOW) + 60_000;

const sign = (path = PATH, end = END) => objects.run("signedPath", path, end);
const holds = (path) => objects.run("verifySigned", `https://gateway.example${path}`);

test("it is valid until it expires, at any host", async () => {
  objects.setClock(NOW);
  const signed = await sign();
  assert.match(signed, /^\/v1\/videos\/video_1\/content\?index=1&name=a\+b&expires=1903867260&signature=[\w-]{43}$/);
  assert.equal(await holds(signed), true);
  objects.setClock("2030-05-01T12:00:59.999Z");
  assert.equal(await holds(signed), true);
  objects.setClock("2030-05-01T12:01:00.000Z");
  assert.equal(await holds(signed), false);
  objects.setClock(undefined);
});

test("any other path, query, time or signature is invalid", async () => {
  const signed = await sign("/uploads/a/b.png?index=1");
  const signature = new URL(signed, "http://x").searchParams.get("signature");
  const other = await sign("/uploads/a/c.png?index=1");
  const foreign = new URL(other, "http://x").searchParams.get("signature");
  for (const changed of [
    signed.replace("b.png", "c.png"),
    signed.replace("/uploads/a/b", "/uploads/a%2Fb"),
    signed.replace("index=1", "index=2"),
    signed.replace("index=1&", ""),
    `${signed}&index=2`,
    signed.replace(/expires=\d+/, "expires=9999999999"),
    `${signed}&expires=9999999999`,
    signed.replace(/expires=\d+&/, ""),
    signed.replace(signature, foreign),
    signed.replace(signature, ""),
    signed.replace(signature, "A".repeat(43)),
    signed.replace(signature, `${signature}A`),
    signed.replace(signature, signature.slice(0, -1)),
    signed.replace(signature, "%00"),
    signed.replace(/&signature=.*/, ""),
  ]) {
    assert.equal(await holds(changed), false, changed);
  }
  assert.equal(await holds(signed), true);
});

test("no bit of a signature can be flipped", async () => {
  const signed = await sign();
  const [head, signature] = signed.split("signature=");
  const bytes = Buffer.from(signature, "base64url");
  for (let bit = 0; bit < bytes.length * 8; bit += 7) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] ^= 1 << (bit & 7);
    assert.equal(await holds(`${head}signature=${flipped.toString("base64url")}`), false, `${bit}`);
  }
});

test("the secret is generated once and survives a restart", async () => {
  const signed = await sign();
  const secrets = await objects.call("REGISTRY", "registry", "secrets");
  const [[signing], [webhook]] = [secrets.signing, secrets.webhook];
  assert.match(signing.value, /^[\w-]{43}$/);
  assert.match(webhook.value, /^[\w-]{43}$/);
  assert.notEqual(signing.value, webhook.value);
  await objects.gateway.restart();
  assert.equal(await holds(signed), true);
  assert.deepEqual(await objects.call("REGISTRY", "registry", "secrets"), secrets);
});
