// `validate` and `quote` of one request share one computation, also if the request holds a whole image.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PROMPT, createClient } from "./support.mjs";

const REQUEST = { model: "sora-2-pro", prompt: PROMPT, duration: 4 };
/** Characters that are remembered; a request with more is computed anew. */
const MAX_REMEMBERED = 1 << 18;

const client = createClient({ settings: {} });
const uri = (length) => `data:image/png;base64,${"iVBO".repeat(length / 4)}`;

const shared = (request, other = request) =>
  client.validate(request) === client.validate(other) && client.quote(request) === client.quote(other);

test("a request with an image of a megabyte, as text, bytes or a Blob", () => {
  for (const image of [uri(1 << 20), new Uint8Array(1 << 20).fill(7), new Blob([new Uint8Array(1 << 20)])]) {
    assert.ok(shared({ ...REQUEST, image }));
  }
});

test("an image whose beginning or length differs is another request", () => {
  const image = uri(1 << 20);
  const others = [uri((1 << 20) + 4), `${image.slice(0, 60_000)}BBBB${image.slice(60_004)}`];
  for (const other of others) assert.ok(!shared({ ...REQUEST, image }, { ...REQUEST, image: other }));
});

test("a result that holds a text of the request is not that of another text", () => {
  const wrong = (referenceImages) => ({ ...REQUEST, model: "seedance-2.0", referenceImages });
  const [one, other] = [`${uri(1 << 20)}AAAA`, `${uri(1 << 20)}BBBB`];
  for (const image of [one, other]) {
    const { issues, listings } = client.validate(wrong(image));
    const fixes = [...issues, ...listings.flatMap((listing) => listing.issues)].flatMap(({ fix }) => fix?.value ?? []);
    assert.ok(fixes.includes(image) && fixes.every((value) => value === image));
  }
  assert.ok(shared({ ...REQUEST, image: one }, { ...REQUEST, image: other }), "no result shows the end");
});

test("what is remembered is bounded", () => {
  const text = "é".repeat(60_000);
  const wide = { ...REQUEST, providerOptions: { runware: Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`k${at}`, text])) } };
  assert.ok(JSON.stringify(wide).length > MAX_REMEMBERED);
  assert.ok(!shared(wide));
  assert.deepEqual(client.validate(wide), client.validate(wide));
});
