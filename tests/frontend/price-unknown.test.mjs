// A request that one listing has a price for, and another that may get it has none.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { serveElement } from "./element-page.mjs";

const open = await serveElement({ after });
const REQUEST = { model: "wan-2.5", prompt: "A fox", duration: 5, image: "https://example.com/baker.jpeg" };

/** The button's text for the request with these options, once it has asked for the price. */
async function textWith(page, options) {
  await page.evaluate(([request, options]) => {
    const element = document.querySelector("filmgate-video");
    element.client = { ...client, quote: async (request) => ((globalThis.asked = true), client.quote(request)) };
    Object.assign(globalThis, { asked: false });
    Object.assign(element, { request, options });
  }, [REQUEST, options]);
  await page.waitForFunction(() => asked);
  return page.getByRole("button", { name: /^Generate video/ }).textContent();
}

test("the button promises no price, unless the other cannot get it", async (t) => {
  const { page } = await open(t);
  const quotes = await page.evaluate((request) => client.quote(request).filter(({ available }) => available), REQUEST);
  assert.deepEqual(quotes.map(({ provider, maxUsd }) => [provider, maxUsd ?? null]), [["runpod", 0.5], ["runware", null]]);
  const [known, unknown] = ["Generate video · $0.50", "Generate video"];
  for (const [options, text] of [
    [{}, unknown],
    [{ provider: ["runpod", "runware"] }, unknown],
    [{ maxCostUsd: 1, allowUnknownCost: true }, unknown],
    [{ maxCostUsd: 1 }, known],
    [{ provider: "runpod" }, known],
  ]) {
    assert.equal(await textWith(page, options), text, JSON.stringify(options));
  }
});
