// axe reports no violation in what a job and a visitor come to beside the first video, light and dark, wide and narrow.
import { test } from "node:test";
import { AXE_CONTEXT, assertAccessible } from "./axe.mjs";
import {
  chooseEnvironment,
  chooseModel,
  chooseMore,
  chooseProvider,
  closeOffers,
  closeSettings,
  control,
  generate,
  openLocal,
  openOffers,
  openSettings,
  waitForState,
} from "./support.mjs";

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1280, 390]) {
    test(`${colorScheme}, ${width} px`, async (t) => {
      const context = { ...AXE_CONTEXT, colorScheme, viewport: { width, height: 844 } };
      const { page, context: profile, simulator } = await openLocal(t, { jobDurationMs: 500, context });
      const check = (state) => assertAccessible(page, state);

      await page.locator("#prompt").fill("A fox in the snow");
      await page.getByRole("button", { name: /^Generate for/ }).waitFor();
      await openOffers(page);
      await page.getByLabel("Compare").check();
      await check("offers to compare");
      await page.getByRole("tab", { name: "Break it" }).click();
      await page.getByRole("switch").first().check();
      await check("break it");
      await page.getByRole("switch").first().uncheck();
      await page.getByRole("tab", { name: "Offers" }).click();
      await closeOffers(page);
      await page.getByRole("button", { name: /^Generate 2 for/ }).click();
      await page.locator(".compared video").nth(1).waitFor();
      await check("side by side");
      await page.getByRole("button", { name: "All (2)" }).click();
      await page.getByRole("dialog").getByText("2 videos.").waitFor();
      await check("the gallery");
      await page.keyboard.press("Escape");
      await page.locator("#spending > summary").click();
      await page.getByLabel("Budget of the month").fill("0.01");
      await check("spending");
      await page.getByLabel("Budget of the month").fill("0,01");
      await page.locator("#budget-issues li").waitFor();
      await check("a budget that is not an amount");
      await page.keyboard.press("Escape");

      await chooseModel(page, "p-video");
      await openOffers(page);
      await page.getByLabel("Compare").uncheck();
      await chooseProvider(page, "runpod");
      await closeOffers(page);
      await control(simulator, "faults", {
        rules: [{ provider: "runpod", operation: "submit", times: 1, fault: { kind: "resetAfter" } }],
      });
      const lost = await generate(page);
      await waitForState(lost, "failed");
      await lost.getByText("The response to the submit was lost.").waitFor();
      await check("an unknown outcome");
      await lost.locator(".menu > summary").click();
      await check("the menu of a job");
      await page.keyboard.press("Escape");
      await chooseMore(lost, "Delete");
      await page.locator("#undo").waitFor();
      // Under the keyboard's focus it stays.
      await page.keyboard.press("Tab");
      await check("a message");
      await page.getByRole("button", { name: "Dismiss" }).click();

      await page.getByRole("button", { name: "Examples" }).click();
      await profile.setOffline(true);
      await page.getByRole("heading", { name: "You are offline" }).waitFor();
      await check("offline");
      await profile.setOffline(false);
      await chooseEnvironment(page, "gateway");
      await openOffers(page);
      await page.getByText("The gateway computes the prices").waitFor();
      await check("no prices");
      await closeOffers(page);
      await openSettings(page);
      await page.locator("#gateway-url").fill("http://192.168.1.5:8787");
      await page.locator("#gateway-api-key").fill("fgw_key");
      await page.locator("#gateway-state", { hasText: "over https only" }).waitFor();
      await check("a gateway that the page cannot reach");
      await closeSettings(page);
    });
  }
}
