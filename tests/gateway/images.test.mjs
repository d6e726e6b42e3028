// Images in requests: recognized by their bytes, hosted for the provider only, and deleted at the end.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { gateway, IMAGE_FIELDS, recorder, waitFor } from "./api.mjs";

let simulator;
const provider = await recorder({ after }, () => simulator.runware);
const served = await gateway({ after }, {
  jobDurationMs: 600_000,
  vars: (started) => {
    simulator = started;
    return { RUNWARE_BASE_URL: provider.url };
  },
});
const apiKey = await served.createKey();
const TYPES = { png: "image/png", jpeg: "image/jpeg", webp: "image/webp" };

/** What the provider received as the image of a video, once it has received it. */
const address = ({ prompt }) =>
  waitFor(() => {
    const sent = provider.calls.find(({ body }) => body.includes(prompt) && body.includes("uploads"));
    return sent && /http[^"]*\/uploads\/[^"]*/.exec(sent.body)[0];
  });

const order = async (fields, name = "first.bin") => {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) {
    if (value instanceof Buffer) form.set(field, new File([value], name, { type: "text/html" }));
    else form.set(field, value);
  }
  return served.call("/v1/videos", { apiKey, body: form });
};

for (const [kind, bytes] of Object.entries(IMAGE_FIELDS)) {
  test(`${kind}: the provider fetches it at a signed URL, with the type of its bytes`, async () => {
    const prompt = `A boat of ${kind}`;
    const { status, body } = await order({ prompt, input_reference: bytes });
    assert.equal(status, 200, JSON.stringify(body));
    const url = await address({ prompt });
    assert.match(url, /\/uploads\/[0-9a-f]{64}\/[0-9a-f]{64}\.[a-z]+\?expires=\d+&signature=[\w-]+$/);
    const answer = await fetch(url);
    assert.equal(answer.status, 200);
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytes);
    assert.equal(answer.headers.get("content-type"), TYPES[kind]);
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    assert.equal(answer.headers.get("content-disposition"), "attachment");
    assert.match(answer.headers.get("content-security-policy"), /default-src 'none'.*sandbox/);
    const lives = Number(new URL(url).searchParams.get("expires")) - Date.now() / 1000;
    assert.ok(lives > 35 * 3600 && lives <= 36 * 3600, `${lives} s`);
  });
}

test("it has no other URL, and none once its job has ended", async () => {
  const prompt = "A boat for a while";
  const { body } = await order({ prompt, input_reference: IMAGE_FIELDS.png });
  const url = new URL(await address({ prompt }));
  const changed = (change) => {
    const other = new URL(url);
    change(other);
    return other;
  };
  const others = [
    changed((u) => u.searchParams.delete("signature")),
    changed((u) => u.searchParams.set("signature", "A".repeat(43))),
    changed((u) => u.searchParams.set("expires", "99999999999")),
    changed((u) => u.searchParams.set("expires", String(Math.floor(Date.now() / 1000) - 1))),
    changed((u) => (u.pathname = u.pathname.replace(/[0-9a-f]{64}\.png/, `${"0".repeat(64)}.png`))),
    changed((u) => (u.pathname = u.pathname.replace(".png", ".html"))),
    changed((u) => (u.pathname = u.pathname.replace("/uploads/", "/uploads/%2e%2e/"))),
    changed((u) => (u.search = "")),
  ];
  for (const other of others) {
    const { status } = await fetch(other);
    assert.equal(status, 404, other.href);
  }
  assert.equal((await fetch(url)).status, 200);
  await served.control("advance", { ms: 600_000 });
  await served.ended(body.id, apiKey);
  await waitFor(async () => (await fetch(url)).status === 404);
});

test("a file that is not an image is rejected by its bytes, regardless of its type", async () => {
  const html = Buffer.from("<script>alert(1)</script>");
  const { status, body } = await order({ prompt: "A boat", input_reference: html }, "boat.png");
  assert.deepEqual([status, body.error.code, body.error.param], [400, "invalid_image", "input_reference"]);
  const gif = `data:image/png;base64,${Buffer.from("GIF89a").toString("base64")}`;
  const json = { prompt: "A boat", input_reference: { image_url: gif } };
  const told = await served.call("/v1/videos", { apiKey, json });
  assert.deepEqual([told.status, told.body.error.code], [400, "invalid_image"]);
  const damaged = { prompt: "A boat", input_reference: "data:image/png;base64,%%%" };
  const broken = await served.call("/v1/videos", { apiKey, json: damaged });
  assert.deepEqual([broken.status, broken.body.error.code], [400, "invalid_image"]);
});

test("an image may have 10 MB", async () => {
  const large = Buffer.concat([IMAGE_FIELDS.png, Buffer.alloc(10_000_000 - IMAGE_FIELDS.png.length)]);
  const fits = await order({ prompt: "A large boat", input_reference: large });
  assert.equal(fits.status, 200, JSON.stringify(fits.body));
  const larger = Buffer.concat([large, Buffer.alloc(1)]);
  const { status, body } = await order({ prompt: "A boat", input_reference: larger });
  assert.deepEqual([status, body.error.code, body.error.param], [413, "payload_too_large", "input_reference"]);
  const image_url = `data:image/png;base64,${large.toString("base64")}`;
  const json = { prompt: "A boat in a text", input_reference: { image_url } };
  const text = await served.call("/v1/videos", { apiKey, json });
  assert.equal(text.status, 200, JSON.stringify(text.body));
});

test("images in `filmgate` are handled alike, in every form", async () => {
  const base64 = IMAGE_FIELDS.png.toString("base64");
  const prompt = "A boat between two pictures";
  const filmgate = {
    image: [{ image: `data:image/png;base64,${base64}`, frame: "first" }],
    lastFrameImage: base64,
    provider: "runware",
  };
  const json = { model: "kling-2.1-pro", prompt, seconds: 5, filmgate };
  const { status, body } = await served.call("/v1/videos", { apiKey, json });
  assert.equal(status, 200, JSON.stringify(body));
  const sent = await waitFor(() => provider.calls.find((call) => call.body.includes(prompt)));
  assert.equal(sent.body.match(/\/uploads\//g).length, 2);
  assert.ok(!sent.body.includes(base64));
});

const PRIVATE = [
  "https://127.0.0.1/a.png",
  "https://10.1.2.3/a.png",
  "https://169.254.169.254/latest/meta-data",
  "https://[::1]/a.png",
  "https://[::ffff:127.0.0.1]/a.png",
  "https://[fd00::1]/a.png",
  "https://100.64.0.1/a.png",
  "https://0x7f.1/a.png",
  "https://2130706433/a.png",
  "https://localhost/a.png",
  "https://router.local/a.png",
  "https://user:word@example.com/a.png",
  "http://example.com/a.png",
];

test("a private or unencrypted URL is rejected in every field", async () => {
  for (const address of PRIVATE) {
    const json = { prompt: "A boat", input_reference: { image_url: address } };
    const { status, body } = await served.call("/v1/videos", { apiKey, json });
    assert.equal(status, 400, address);
    assert.equal(body.error.param, "input_reference", address);
    assert.ok(!JSON.stringify(body).includes(address), "an error quotes no address");
  }
  const uploads = { prompt: "A boat", filmgate: { uploadUrl: PRIVATE[0] } };
  const { status, body } = await served.call("/v1/videos", { apiKey, json: uploads });
  assert.deepEqual([status, body.error.param], [400, "filmgate.uploadUrl"]);
  for (const address of PRIVATE) {
    const runware = { uploadEndpoint: address, inputs: { frameImages: [{ image: address }] } };
    const raw = { prompt: "A boat", filmgate: { providerOptions: { runware } } };
    const { status, body } = await served.call("/v1/videos", { apiKey, json: raw });
    const param = "filmgate.providerOptions.runware.uploadEndpoint";
    assert.deepEqual([status, body.error.param], [400, param], address);
  }
  const inside = { prompt: "A boat", filmgate: { referenceImages: [{ image: PRIVATE[1] }] } };
  const told = await served.call("/v1/videos", { apiKey, json: inside });
  assert.equal(told.status, 400);
  const found = told.body.error.issues.find(({ code }) => code === "private_host");
  assert.equal(found.path, "referenceImages.0.image");
  assert.equal(provider.calls.filter((call) => /127\.0\.0\.1\/a|10\.1\.2\.3/.test(call.body)).length, 0);
});

test("the client cannot set the gateway's own fields", async () => {
  for (const filmgate of [
    { webhookUrl: "https://example.com/hook" },
    { taskUUID: "7e4a8b9c-0d1e-4f2a-8b3c-4d5e6f708192" },
    { deliveryMethod: "sync" },
    { includeCost: false },
    { providerOptions: { runware: { webhookURL: "https://example.com/hook" } } },
    { providerOptions: { runware: { taskUUID: "7e4a8b9c-0d1e-4f2a-8b3c-4d5e6f708192" } } },
  ]) {
    const json = { prompt: "A boat", filmgate: { provider: "runware", ...filmgate } };
    const { status, body } = await served.call("/v1/videos", { apiKey, json });
    assert.equal(status, 400, JSON.stringify(filmgate));
    assert.match(body.error.param, /^filmgate\./);
  }
});
