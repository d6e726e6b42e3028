// A fix of the API never has a URL of the gateway's own making in place of an image that was sent: applied, it would pay for
// a video of another image.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createGatewayClient } from "../../pkg/dist/gateway-client/index.js";
import { gateway, IMAGE_FIELDS } from "./api.mjs";

const SENT = `data:image/png;base64,${IMAGE_FIELDS.png.toString("base64")}`;
const LINKED = "https://example.com/fox.png";

/** A single reference image, of which a fix makes a list. */
const requestWith = (image) => ({ model: "seedance-2.0", prompt: "A fox", seconds: "5", filmgate: { resolution: "720p", referenceImages: image } });

test("a fix with an image that was sent is left out, and one with the client's own URL stays", async (t) => {
  const served = await gateway(t);
  const apiKey = await served.createKey();
  for (const path of ["/v1/validate", "/v1/quotes", "/v1/videos"]) {
    const post = async (image) => JSON.stringify((await served.call(path, { apiKey, json: requestWith(image) })).body);
    const sent = await post(SENT);
    assert.ok(!sent.includes("filmgate.example"), sent);
    assert.match(sent, /referenceImages/, "the problem is reported");
    assert.match(await post(LINKED), /"fix":\{[^}]*example\.com\/fox\.png/);
  }
});

test("nor has one that a client without the module receives", async (t) => {
  const served = await gateway(t);
  const client = createGatewayClient({ url: served.url, apiKey: await served.createKey() });
  const request = { model: "seedance-2.0", prompt: "A fox", duration: 5, resolution: "720p" };
  for (const image of [new Blob([IMAGE_FIELDS.png], { type: "image/png" }), new Uint8Array(IMAGE_FIELDS.png), SENT]) {
    const sent = { ...request, referenceImages: image };
    const { issues } = await client.validate(sent);
    assert.deepEqual([issues[0].path, issues[0].fix], ["referenceImages", undefined]);
    assert.ok(!JSON.stringify(await client.quote(sent)).includes("example"));
    await assert.rejects(client.submit(sent), (error) => error.issues[0].fix === undefined);
  }
  const { issues } = await client.validate({ ...request, referenceImages: LINKED });
  assert.deepEqual(issues[0].fix.value, [LINKED]);
});
