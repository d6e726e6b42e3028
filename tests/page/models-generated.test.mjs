// Videos of several models, selected from the comparison of all models.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertPlays, generate, ledger, openLocal, waitForState } from "./support.mjs";

const IMAGE = "https://example.com/baker.jpeg";

const CASES = [
  { model: "wan-2.6", name: "Wan 2.6", provider: "RunPod", resolution: "720p" },
  { model: "wan-2.6", name: "Wan 2.6", provider: "Runware", resolution: "720p" },
  { model: "vidu-q3", name: "Vidu Q3", provider: "RunPod", resolution: "720p" },
  { model: "vidu-q3", name: "Vidu Q3", provider: "RunPod", resolution: "720p", image: IMAGE },
];
for (const { model, name, provider, resolution, image } of CASES) {
  const what = `${name} at ${provider}${image ? " from an image" : ""}`;
  test(`${what}: from the comparison to the playing video`, async (t) => {
    const { page, simulator } = await openLocal(t);
    await page.locator("#prompt").fill("A lighthouse in the rain");
    await page.locator("#duration").selectOption("5");
    await page.locator("#resolution").selectOption(resolution);
    if (image) await page.locator("#image").fill(image);
    const row = page.locator(`[data-quote="${model}@${provider.toLowerCase()}"]`);
    await page.locator("#quotes-more").evaluate((details) => void (details.open = true));
    await row.waitFor();
    await row.getByRole("radio").check();
    const price = (await row.locator(".price").textContent()).match(/\$\d+\.\d+/)[0];
    await page.getByRole("button", { name: `Generate for ${price}` }).waitFor();
    const card = await generate(page);
    await waitForState(card, "completed");
    await card.getByText(/^Completed\. (Cost .*, as quoted\.|The provider does not report)/).waitFor();
    assert.match(await card.locator(".meta").textContent(), new RegExp(`^${provider} · ${name}`));
    await assertPlays(card.locator("video"));
    const { submissions, charges } = await ledger(simulator);
    assert.deepEqual([submissions.length, charges.length], [1, 1]);
  });
}
