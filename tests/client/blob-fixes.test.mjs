// A `Blob` cannot be read at once, so that something else stands for it in the module. It never comes out again: a fix has
// the caller's own `Blob`.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PROMPT, createClient, counting, simulator } from "./support.mjs";

const SEEDANCE = { model: "seedance-2.0", prompt: PROMPT, duration: 5, resolution: "720p" };
const client = createClient({ settings: {} });

/** Small, and longer than what enters the module. */
const SIZES = [3, 3000, 200_000];
const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const blobOf = (size, seed = 7) => new Blob([SIGNATURE, new Uint8Array(size).map((_, at) => at * seed)], { type: "image/png" });
const uriOf = async (blob) => `data:image/png;base64,${Buffer.from(await blob.arrayBuffer()).toString("base64")}`;

const issuesOf = ({ issues, listings }) => [...issues, ...listings.flatMap((listing) => listing.issues)];
const fixesOf = (result, path) => issuesOf(result).flatMap(({ fix }) => (fix?.path === path ? [fix] : []));

describe("a fix has the caller's own Blob", () => {
  for (const size of SIZES) {
    test(`of ${size} bytes, in a list`, () => {
      const blob = blobOf(size);
      const fixes = fixesOf(client.validate({ ...SEEDANCE, referenceImages: blob }), "referenceImages");
      assert.ok(fixes.length > 0);
      for (const { value } of fixes) assert.ok(value.length === 1 && value[0] === blob);
      assert.ok(!Object.isFrozen(blob));
    });
  }

  test("of which another has the same size and type, in this request and in the one before", () => {
    const [one, two, three] = [blobOf(3000), blobOf(3000, 11), blobOf(3000, 13)];
    for (const blob of [one, two]) {
      const [fix] = fixesOf(client.validate({ ...SEEDANCE, referenceImages: { image: blob, type: "image" } }), "referenceImages");
      if (fix) assert.ok(fix.value[0] === blob);
      const [own] = fixesOf(client.validate({ ...SEEDANCE, referenceImages: blob }), "referenceImages");
      assert.ok(own.value[0] === blob);
    }
    const request = { ...SEEDANCE, lastFrameImage: [{ image: one, role: "last" }], image: { image: two, role: "last" }, referenceImages: three };
    const found = issuesOf(client.validate(request)).flatMap(({ fix }) => [fix?.value ?? []].flat());
    assert.ok(found.every((value) => typeof value !== "string" || !value.startsWith("data:")));
    assert.ok(found.includes(three));
  });

  test("in quotes, too", () => {
    const blob = blobOf(3000);
    const quotes = client.quote({ ...SEEDANCE, referenceImages: blob });
    const values = quotes.flatMap(({ issues = [], warnings = [] }) => [...issues, ...warnings]).flatMap(({ fix }) => fix?.value ?? []);
    assert.ok(values.length > 0 && values.every((value) => value === blob));
  });

  test("with which the request is submitted", async (t) => {
    const sim = await simulator(t);
    const seen = counting();
    const blob = blobOf(3000);
    const request = { ...SEEDANCE, referenceImages: blob };
    const [fix] = fixesOf(client.validate(request), "referenceImages");
    await createClient(sim, { fetch: seen.fetch }).generate({ ...request, [fix.path]: fix.value });
    assert.ok(seen.submissions()[0].body.includes(`"${await uriOf(blob)}"`));
  });
});

test("the error of a submit has the bytes of the Blob", async () => {
  const blob = blobOf(3000);
  let seen;
  await assert.rejects(client.submit({ ...SEEDANCE, referenceImages: blob }), ({ code, issues }) => {
    seen = fixesOf({ issues, listings: [] }, "referenceImages");
    return code === "invalid_request";
  });
  assert.deepEqual(seen.map(({ value }) => value), [[await uriOf(blob)]]);
});

test("no result for a request with a Blob has what stands for it", () => {
  const uploading = createClient({ settings: {} }, { upload: async () => "https://example.com/a.png" });
  const fields = ["image", "lastFrameImage", "referenceImages", "images", "startImage", "inputReference"];
  const forms = [
    (blob) => blob,
    (blob) => [blob],
    (blob) => [blob, blob],
    (blob) => ({ image: blob, frame: "last" }),
    (blob) => [{ image: blob, frame: "first" }],
    (blob) => ({ image: blob, role: "reference" }),
    (blob) => ({ url: blob }),
  ];
  const models = [undefined, "nonsense", "runpod:echo", "runware:a:b@1", ...client.models({ brief: true }).map(({ id }) => id)];
  for (const model of models) {
    for (const field of fields) {
      for (const [at, form] of forms.entries()) {
        const request = { model, prompt: PROMPT, duration: 5, [field]: form(blobOf(SIZES[at % SIZES.length])) };
        for (const one of [client, uploading]) {
          const results = [one.validate(request), one.quote(request), model ? [] : one.quote(request, { details: true })];
          const text = JSON.stringify(results);
          assert.ok(!text.includes("AAAA") && !text.includes("\\u0000"), `${model} ${field} ${at}`);
        }
      }
    }
  }
});
