// Masking of the API key leaves a video as Base64 as it is: any few letters of the key turn up in a long one by chance.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { SecretMask } from "../../pkg/dist/util/mask-secrets.js";
import { collector, videoBytes } from "./hosts.mjs";
import { REQUESTS } from "./support.mjs";

const KEY = "rpa9Ab7dEfQgHiJkLmNoPqRsTuVwXyZ0123456789";
const AROUND = "Ab9/".repeat(5_000);
const base64 = (text) => Buffer.from(text).toString("base64");

/** What a video may have in it by chance. */
const CHANCE = {
  "eight letters of the key": KEY.slice(8, 16),
  "the same in another case": KEY.slice(8, 16).toUpperCase(),
  "the end of the key in another case": KEY.slice(-12).toLowerCase(),
  "letters of the key in Base64": base64(KEY).slice(0, 16),
  "letters of the key in hexadecimal": Buffer.from(KEY).toString("hex").slice(0, 18),
  "the word Bearer": `/bearer+${"Ab".repeat(20)}`,
};

function maskOf(key) {
  const mask = new SecretMask();
  mask.add(key);
  return (text) => mask.text(text);
}

describe("a video as Base64 stays as it is", { concurrency: true }, () => {
  for (const [name, piece] of Object.entries(CHANCE)) {
    const video = `${AROUND}${piece}${AROUND}`;
    const SPELLINGS = {
      alone: video,
      "in a data URI": `data:video/mp4;base64,${video}`,
      "in lines": video.replace(/.{76}/g, "$&\n"),
      "in lines of a mail": video.replace(/.{76}/g, "$&\r\n"),
    };
    for (const [how, spelled] of Object.entries(SPELLINGS)) {
      test(`${how}, with ${name}, beside an echo of the key`, () => {
        const masked = maskOf(KEY)(JSON.stringify({ error: `bad ${KEY.toUpperCase()}`, video: spelled, more: KEY }));
        assert.deepEqual(JSON.parse(masked), { error: "bad [key]", video: spelled, more: "[key]" });
      });
    }
    test(`with escaped slashes, with ${name}`, () => {
      const body = JSON.stringify({ video }).replaceAll("/", "\\/");
      assert.equal(maskOf(KEY)(body), body);
    });
  }
});

test("the whole key is masked in a long text, too", () => {
  assert.equal(maskOf(KEY)(`"${AROUND}${KEY}${AROUND}"`), `"${AROUND}[key]${AROUND}"`);
});

test("a text without spaces is no video if it is short", () => {
  for (const piece of Object.values(CHANCE).slice(0, 4)) {
    assert.ok(!maskOf(KEY)(`"${"Ab9/".repeat(100)}+${piece}"`).includes(piece), piece);
  }
});

test("a video from RunPod is downloaded byte by byte", async () => {
  const bytes = Buffer.concat([videoBytes(30_000), Buffer.from(KEY.slice(8, 20).toUpperCase(), "base64"), videoBytes(30_000)]);
  const data = bytes.toString("base64");
  assert.ok(data.includes(KEY.slice(8, 20).toUpperCase()));
  const answer = async ({ url }) =>
    Response.json({ id: "job-1", ...(url.endsWith("/run") ? { status: "IN_QUEUE" } : { status: "COMPLETED", output: { video: `data:video/mp4;base64,${data}` } }) });
  const client = createFilmgate({ runpod: { apiKey: KEY, longPoll: false }, fetch: answer });
  const { videos } = await client.generate(REQUESTS.runpod, { provider: "runpod" });
  const written = collector();
  await client.download(videos[0], written.sink);
  assert.deepEqual(written.bytes(), bytes);
});
