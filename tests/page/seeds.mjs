// The examples, generated at both providers with a reload in the middle. Both simulated environments
// share these tests, each in its own test file.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertPlays,
  chooseEnvironment,
  generate,
  openPage,
  reload,
  waitForAccepted,
  waitForState,
  useExample,
} from "./support.mjs";

const EXAMPLES = [
  {
    example: "Bakery",
    provider: "RunPod",
    price: "$1.20",
    expiry: /^The provider stores it for 6 days/,
  },
  { example: "Mangrove", provider: "Runware", price: "$4.00", expiry: /does not document/ },
];

/** `open(t)` returns the options of `openPage`; `check(opened)` asserts the final state. */
export function testSeeds(environment, open, check = () => {}) {
  for (const { example, provider, price, expiry } of EXAMPLES) {
    test(`${example}, at ${provider}: a reload in the middle, and a playing video`, async (t) => {
      const opened = await open(t);
      const { page } = await openPage(t, opened);
      await chooseEnvironment(page, environment);
      await useExample(page, example);
      const chosen = page.locator(".quote[data-selected], .quote[data-quote=cheapest]").first();
      assert.match(await chosen.innerText(), new RegExp(`${provider}[^$]*\\${price}`));

      const card = await generate(page);
      await waitForAccepted(card);
      await reload(page);
      await waitForState(card, "completed");
      await card.getByText(`Completed. Cost ${price}, as quoted.`).waitFor();
      // On a slow machine the job has ended before the page is loaded again: its video then waits for a press.
      const show = card.getByRole("button", { name: "Show the video" });
      await card.locator("video").or(show).first().waitFor();
      if (await show.isVisible()) {
        await show.click();
        await card.locator("video").evaluate((video) => void video.play());
      }
      await assertPlays(card.locator("video"));
      assert.match(
        await card.locator(".meta").textContent(),
        new RegExp(`^${provider} · Sora 2 Pro`),
      );
      await card.getByText(expiry).waitFor();
      // Until its file is there, a video plays from the provider's URL; from then on without the provider.
      await card.getByText("kept on this device").waitFor();
      await reload(page);
      await card.getByRole("button", { name: "Show the video" }).click();
      await card.getByText("kept on this device").waitFor();
      assert.match(await card.locator("video").getAttribute("src"), /^blob:/);
      await card.locator("video").evaluate((video) => void video.play());
      await assertPlays(card.locator("video"));
      await check(opened);
    });
  }
}
