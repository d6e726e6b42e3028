// Variants of signed URLs: each opens what was signed, or nothing.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, test } from "node:test";
import { gateway } from "./api.mjs";

const served = await gateway({ after });
const apiKey = await served.createKey();
const order = { prompt: "Two boats", filmgate: { n: 2, provider: "runware" } };
const { id, filmgate } = await served.generate(apiKey, order);
const [first, second] = filmgate.outcome.videos.map(({ url }) => url);

const hashOf = async (url) => {
  const answer = await fetch(url);
  const bytes = Buffer.from(await answer.arrayBuffer());
  return answer.status === 200 ? createHash("sha256").update(bytes).digest("hex") : answer.status;
};

test("a rewritten query opens the same video or none", async () => {
  const [one, two] = [await hashOf(first), await hashOf(second)];
  assert.notEqual(one, two);
  const spellings = [
    second.replace("index=", "%69ndex="),
    second.replace("index=1", "index=%31"),
    second.replace("index=1", "index=1&index=0"),
    second.replace("?index=1", "?index=0&index=1"),
    second.replace("index=1", "index=0"),
    second.replace("index=1&", ""),
    second.replace("?", "?variant=video&"),
    second.replace("signature=", "signature=x&signature="),
    second.replace("expires=", "expires=99999999999&expires="),
    `${second}&signature=${"A".repeat(43)}`,
    `${second}#index=0`,
    `${second};index=0`,
    second.replace("/v1/videos/", "/v1/videos/%76%69deo_/../"),
    second.replace("video_", "%76ideo_"),
    second.replace("/content", "/content/"),
    second.replace("/content", "//content"),
  ];
  for (const url of spellings) {
    const got = await hashOf(url);
    assert.ok([two, 401, 404].includes(got), `${url.slice(served.url.length + 75)}: ${got}`);
  }
});

test("a signed URL is valid for one to two hours", () => {
  const seconds = Number(new URL(first).searchParams.get("expires")) - Date.now() / 1000;
  assert.ok(seconds > 3540 && seconds <= 7200, `${seconds} s`);
});

test("a URL signed for one file opens nothing else", async () => {
  const query = new URL(first).search;
  for (const [path, method] of [
    [`/v1/videos/${id}${query}`, "GET"],
    [`/v1/videos/${id}${query}`, "DELETE"],
    [`/v1/videos/${id}/events${query}`, "GET"],
    [`/v1/videos/${id}/cancel${query}`, "POST"],
    [`/v1/videos${query}`, "GET"],
    [`/admin/api/keys${query}`, "GET"],
  ]) {
    const { status } = await served.call(path, { method });
    assert.equal(status, 401, `${method} ${path.split("?")[0]}`);
  }
  assert.equal(typeof (await hashOf(first)), "string");
});

test("a signed URL is not opened by an API key instead, nor by half of its query", async () => {
  for (const query of ["?signature=x", "?expires=99999999999", "?signature=", "?expires="]) {
    const { status } = await served.call(`/v1/videos/${id}/content${query}`, { apiKey });
    assert.equal(status, 401, query);
  }
});

test("a deleted video's signed URL opens nothing", async () => {
  await served.call(`/v1/videos/${id}`, { apiKey, method: "DELETE" });
  assert.equal(await hashOf(first), 404);
});
