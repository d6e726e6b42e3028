// The seeds' own examples, filmed at both providers with a reload in the middle: the same in both
// simulated places, so each place's test file calls this.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertPlays,
  chooseEnvironment,
  generate,
  openPage,
  reload,
  waitForState,
  useExample,
} from "./support.mjs";

const EXAMPLES = [
  {
    example: "Bakery",
    provider: "RunPod",
    price: "$1.20",
    kept: /^The provider keeps it for 6 days/,
  },
  { example: "Mangrove", provider: "Runware", price: "$4.00", kept: /is not documented/ },
];

/** `open(t)` gives what `openPage` wants; `check(opened)` looks at the end what it came to. */
export function testSeeds(place, open, check = () => {}) {
  for (const { example, provider, price, kept } of EXAMPLES) {
    test(`${example}, at ${provider}: a reload in the middle, and a playing video`, async (t) => {
      const opened = await open(t);
      const { page } = await openPage(t, opened);
      await chooseEnvironment(page, place);
      await useExample(page, example);
      assert.equal(await page.locator("#price-cheapest").textContent(), `${provider}, ${price}`);

      const card = await generate(page);
      await card.getByText(/^Generating/).waitFor();
      // On a slow machine the film is made before the page is there again.
      await reload(page);
      await waitForState(card, "completed");
      await card.getByText(`Completed. Cost ${price}, as quoted.`).waitFor();
      await assertPlays(card.locator("video"));
      assert.match(await card.locator("video").getAttribute("src"), /^blob:/);
      assert.match(
        await card.locator(".meta").textContent(),
        new RegExp(`^${provider} · Sora 2 Pro`),
      );
      await card.getByText(kept).waitFor();
      await check(opened);
    });
  }
}
