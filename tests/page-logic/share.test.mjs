// Links: what is in one, what is not, and what is taken from one that anybody may have made.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { createFilmgate } from "../../pkg/dist/index.js";
import { openContext } from "../browser.mjs";
import { browserScript, importModule } from "./modules.mjs";
import { random } from "../random.mjs";

const { makeLink, openLink } = await importModule("share/index.ts");
const { FIELDS, OMITTED } = await importModule("share/fields.ts");

const REQUEST = { model: "wan-2.6", prompt: "A lighthouse in the rain", duration: 5, resolution: "720p", generateAudio: true };

const linkOf = (content) => `#video=1.t${Buffer.from(typeof content === "string" ? content : JSON.stringify(content)).toString("base64url")}`;

/** What is written in a link, uncompressed. */
function contentOf(fragment) {
  const packed = fragment.split(".")[1];
  const bytes = Buffer.from(packed.slice(1), "base64url");
  return (packed[0] === "d" ? inflateRawSync(bytes) : bytes).toString();
}

test("a request comes back as it was, and the provider with it", async () => {
  const made = await makeLink({ request: REQUEST, provider: "runware" });
  assert.deepEqual(made.omitted, []);
  assert.match(made.fragment, /^#video=1\.[dt][\w-]+$/);
  assert.deepEqual(await openLink(made.fragment), { ok: true, request: REQUEST, provider: "runware", notices: [] });
});

test("a link of a usual request is short", async () => {
  const { fragment } = await makeLink({ request: REQUEST });
  assert.ok(fragment.length < 200, fragment);
  const prompt = "A slow dolly shot along a rainy street at night, neon signs reflected in puddles. ".repeat(12);
  const long = await makeLink({ request: { ...REQUEST, prompt } });
  assert.ok(long.fragment.length < prompt.length / 2);
});

test("every field of a request is either in a link or has a reason to stay out", () => {
  const params = createFilmgate().models().flatMap(({ listings }) => listings.flatMap((listing) => listing.params));
  const fields = new Set(params.map(({ field }) => field.split(".")[0]));
  assert.ok(fields.size > 10);
  const unknown = [...fields].filter((field) => !(field in FIELDS) && !(field in OMITTED));
  assert.deepEqual(unknown, []);
});

test("bytes, secrets and ids of an account stay out, and each is named", async () => {
  const png = `data:image/png;base64,${"iVBORw0KGgo".repeat(100)}`;
  const request = {
    ...REQUEST,
    image: png,
    lastFrameImage: new Uint8Array([1, 2, 3]),
    referenceImages: [{ image: "https://images.example/a.png" }, new Blob(["x"]), png],
    video: "https://user:secret-1@videos.example/a.mp4",
    referenceVideos: ["https://bucket.example/a.mp4?X-Amz-Signature=secret-2"],
    audio: "123e4567-e89b-42d3-a456-426614174000",
    webhookUrl: "https://app.example/hook/secret-3",
    uploadUrl: "https://bucket.example/secret-4",
    providerOptions: { runware: { key: "secret-5" } },
    input: { token: "secret-6" },
    taskUUID: "123e4567-e89b-42d3-a456-426614174000",
    remixId: "remix-secret-7",
    apiKey: "secret-8",
    negativePrompt: "my key is secret-9",
    style: "rpa_ABCDEFGHIJKLMNOP",
  };
  const { fragment, omitted } = await makeLink({ request }, { secrets: ["secret-9", ""] });
  const content = contentOf(fragment);
  assert.doesNotMatch(content, /secret|iVBOR|rpa_|123e4567/);
  assert.deepEqual(JSON.parse(content).request, { ...REQUEST, referenceImages: ["https://images.example/a.png"] });
  assert.deepEqual(omitted.map(({ field }) => field).sort(), [
    ...["apiKey", "audio", "image", "input", "lastFrameImage", "negativePrompt", "providerOptions"],
    ...["referenceImages", "referenceVideos", "remixId", "style", "taskUUID", "uploadUrl", "video", "webhookUrl"],
  ]);
  for (const { message } of omitted) assert.match(message, /^[A-Z].*\.$/);
});

test("a request that is too long has no link", async () => {
  const next = random(3);
  const prompt = Array.from({ length: 9_990 }, () => String.fromCharCode(0x4e00 + next(20_000))).join("");
  assert.deepEqual(await makeLink({ request: { prompt } }), {
    ok: false,
    reason: "The request is too long for a link. Shorten the prompt.",
  });
});

test("random requests come back as they were", async () => {
  const next = random(11);
  const characters = [..."abc \n\"'<>&%#\\`$\u0000\u202e\ufeffé🦊日本", "</script>", "\r\n"];
  const text = (most) => Array.from({ length: next(most) }, () => characters[next(characters.length)]).join("");
  const valueOf = {
    text: () => text(300),
    word: () => text(20),
    number: () => [0, -1, 1.5, 5, 1e21, -0.1][next(6)],
    flag: () => next(2) === 1,
    url: () => `https://images.example/${encodeURIComponent(text(9))}.png`,
    urls: () => Array.from({ length: 1 + next(4) }, (_, index) => `http://a.example/${index}`),
    output: () => ({ format: "webm", quality: next(99) }),
  };
  for (let run = 0; run < 300; run += 1) {
    const chosen = Object.entries(FIELDS).filter(() => next(3) === 0);
    const request = Object.fromEntries(chosen.map(([field, kind]) => [field, valueOf[kind]()]));
    const provider = ["runpod", "runware", undefined][next(3)];
    const made = await makeLink({ request, ...(provider && { provider }) });
    assert.deepEqual(made.omitted, [], JSON.stringify(request));
    const opened = await openLink(made.fragment);
    assert.deepEqual(opened, { ok: true, request, ...(provider && { provider }), notices: [] });
    // The core reads what comes out without a fault of its own.
    createFilmgate().validate(opened.request);
  }
});

test("unknown and ill-typed fields of a foreign link are dropped, and each is named", async () => {
  const content =
    '{"request":{"prompt":7,"duration":"5","generateAudio":"yes","n":1e999,"model":"wan-2.6","apiKey":"k","__proto__":{"polluted":1},' +
    '"image":"javascript:alert(1)","referenceImages":["file:///etc/passwd","https://a.example/1"],"output":{"format":"mp4","x":1},"<img src=x>":1,' +
    '"webhookUrl":"https://evil.example","taskUUID":"x"},"provider":"evil","environment":"keys"}';
  const opened = await openLink(linkOf(content));
  assert.equal(opened.ok, true);
  assert.deepEqual(opened.request, { model: "wan-2.6", referenceImages: ["https://a.example/1"], output: { format: "mp4" } });
  assert.equal(opened.provider, undefined);
  assert.equal({}.polluted, undefined);
  assert.deepEqual(opened.notices.map(({ field }) => field).sort(), [
    ...["__proto__", "another field", "another field", "apiKey", "duration", "generateAudio", "image", "n", "output"],
    ...["prompt", "provider", "referenceImages", "taskUUID", "webhookUrl"],
  ]);
});

test("another fragment is not a link", async () => {
  for (const fragment of ["", "#", "#gallery", "#video", "video=1.te30"]) assert.equal(await openLink(fragment), undefined);
});

test("a link of another version says so", async () => {
  const { reason } = await openLink(linkOf({ request: {} }).replace("=1.", "=2."));
  assert.match(reason, /another version/);
});

test("a bomb is not expanded", async () => {
  const bomb = deflateRawSync(Buffer.alloc(5_000_000, 32)).toString("base64url");
  assert.ok(bomb.length < 12_000);
  assert.equal((await openLink(`#video=1.d${bomb}`)).ok, false);
});

test("garbage and damaged links say so, and never throw", async () => {
  const next = random(5);
  const { fragment } = await makeLink({ request: REQUEST });
  const bytes = (length) => Buffer.from(Array.from({ length }, () => next(256)));
  const cases = [
    ...["1", "1.", "1.d", "1.t", "1.x", "1.tW10", "1.tbnVsbA", "1.te30", "1.t!", "99999999.te30", "1.t%F0%9F", `1.t${"A".repeat(20_000)}`],
    ...[[], "text", 1, null, { request: [] }, { request: null }, { request: "x" }].map((content) => linkOf(content).slice(7)),
    ...Array.from({ length: 200 }, () => `1.${"dt"[next(2)]}${bytes(next(80)).toString("base64url")}`),
    ...Array.from({ length: 200 }, () => {
      const at = 9 + next(fragment.length - 9);
      return (fragment.slice(0, at) + String.fromCharCode(33 + next(90)) + fragment.slice(at + 1 + next(3))).slice(7);
    }),
  ];
  for (const rest of cases) {
    const opened = await openLink(`#video=${rest}`);
    assert.equal(typeof opened.ok, "boolean", rest);
    if (opened.ok) createFilmgate().validate(opened.request);
    else assert.match(opened.reason, /^This link .*\.$/);
  }
});

test("it works in Chromium, also without CompressionStream, which a link then does without", async (t) => {
  const page = await (await openContext(t)).newPage();
  await page.addScriptTag({ content: await browserScript("share/index.ts", "share") });
  const inPage = await page.evaluate(async (request) => {
    const made = await share.makeLink({ request });
    delete globalThis.CompressionStream;
    const plain = await share.makeLink({ request });
    return { made, plain, opened: await share.openLink(made.fragment) };
  }, REQUEST);
  assert.deepEqual(inPage.opened.request, REQUEST);
  assert.deepEqual((await openLink(inPage.made.fragment)).request, REQUEST);
  assert.match(inPage.plain.fragment, /^#video=1\.t/);
  assert.deepEqual((await openLink(inPage.plain.fragment)).request, REQUEST);
});
