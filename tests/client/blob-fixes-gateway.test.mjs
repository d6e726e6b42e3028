// The client of a gateway that has the module plans with URLs in place of images, since the gateway hosts them. A fix has the
// caller's image. Of a client without the module, the gateway leaves such a fix out: tests/gateway/image-fixes.test.mjs.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFilmgate } from "../../pkg/dist/index.js";
import { PROMPT } from "./support.mjs";

const SEEDANCE = { model: "seedance-2.0", prompt: PROMPT, duration: 5, resolution: "720p" };
const URL_ = "https://gateway.example.com/v1";
const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...new Uint8Array(100));
const uri = `data:image/png;base64,${Buffer.from(SIGNATURE).toString("base64")}`;

/** A gateway that validates with the module, as a real one does. */
const inner = createFilmgate();
async function fetch(given, init) {
  const request = new Request(given, init);
  const { pathname } = new URL(request.url);
  const { model, prompt, filmgate } = await request.json();
  const { applyOpenAIDefaults, ...fields } = filmgate;
  const whole = { model, prompt, ...fields };
  if (pathname.endsWith("/validate")) return Response.json(inner.validate(whole));
  const { issues } = inner.validate(whole);
  return Response.json({ error: { code: "invalid_request", message: "It is invalid.", type: "invalid_request_error", issues } }, { status: 400 });
}

const open = () => createFilmgate({ gateway: { url: URL_, apiKey: "key" }, fetch });

const valuesOf = (issues) => issues.flatMap(({ fix }) => (fix?.path === "referenceImages" ? fix.value : []));

describe("a gateway's client with the module", () => {
  for (const [form, image, expected] of [
    ["a Blob", new Blob([SIGNATURE], { type: "image/png" })],
    ["bytes", SIGNATURE, uri],
    ["a data URI", uri, uri],
    ["a URL", "https://example.com/fox.png", "https://example.com/fox.png"],
  ]) {
    test(`has ${form} in the fixes of validate, quote and submit`, async () => {
      const request = { ...SEEDANCE, referenceImages: image };
      const client = open();
      const { issues } = await client.validate(request);
      const quotes = await client.quote(request);
      for (const values of [valuesOf(issues), valuesOf(quotes.flatMap((quote) => quote.issues ?? []))]) {
        assert.ok(values.length > 0 && values.every((value) => value === (expected ?? image)), JSON.stringify(values));
      }
      await assert.rejects(client.submit(request), (error) => {
        const values = valuesOf(error.issues);
        assert.equal(error.code, "invalid_request");
        assert.ok(values.every((value) => value === (expected ?? image)), JSON.stringify(values));
        return true;
      });
    });
  }
});
