// Issues appear beside their fields while the user types, and a button fixes them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseModel, chooseProvider, videos, openMore, openPage, submitText, useExample } from "./support.mjs";

const invalid = (page, id) => page.locator(`#${id}[aria-invalid=true]`);

test("an empty form shows no issues until it is submitted", async (t) => {
  const { page } = await openPage(t);
  await chooseModel(page, "wan-2.6");
  assert.equal(await page.locator("[aria-invalid=true]").count(), 0);
  // Nothing but the prompt is missing, and that has no price.
  assert.match(await page.locator("#price-runpod").textContent(), /\$/);
  assert.equal(await submitText(page), "Write a prompt first");
  await page.locator("#submit").click();
  await page.getByRole("alert").getByText("Add a prompt. Nothing was billed.").waitFor();
  await invalid(page, "prompt").waitFor();
  assert.equal(await invalid(page, "duration").count(), 0);
  assert.equal(await videos(page).count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement.id), "prompt");
});

test("an issue appears while typing, describes its field, and its fix resolves it", async (t) => {
  const { page } = await openPage(t);
  await useExample(page, "Mangrove");
  await openMore(page);
  await chooseProvider(page, "runware");
  await page.locator("#output-quality").pressSequentially("3");
  await invalid(page, "output-quality").waitFor();
  const [described] = (await page.locator("#output-quality").getAttribute("aria-describedby"))
    .split(" ")
    .slice(-1);
  const issue = page.locator(`#${described} li.error`);
  assert.match(await issue.textContent(), /20/);

  await issue.getByRole("button").click();
  await issue.waitFor({ state: "detached" });
  assert.equal(await invalid(page, "output-quality").count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement.id), "output-quality");
  assert.notEqual(await page.locator("#output-quality").inputValue(), "3");
});

test("text that is not a number is an issue, and is never dropped silently", async (t) => {
  const { page } = await openPage(t);
  await useExample(page, "Mangrove");
  await chooseProvider(page, "runware");
  await openMore(page);
  for (const text of ["ten", "60.5", "Infinity", "59"]) {
    await page.locator("#ttlSeconds").fill(text);
    await invalid(page, "ttlSeconds").waitFor();
    await page.locator("#ttlSeconds").fill("60");
    await page.waitForFunction(() => !document.querySelector("#ttlSeconds[aria-invalid]"));
  }
});

test("an issue of one provider does not block the other", async (t) => {
  const { page } = await openPage(t);
  await useExample(page, "Mangrove");
  await openMore(page);
  await page.locator("#n").selectOption("2");
  const remark = page.locator("#n-issues li.remark");
  await remark.getByText(/^RunPod generates one video/).waitFor();
  assert.equal(await invalid(page, "n").count(), 0);
  assert.equal(await submitText(page), "Generate for about $8.00");

  await chooseProvider(page, "runpod");
  await invalid(page, "n").waitFor();
  assert.equal(await submitText(page), "Generate");
});

test("a URL that no provider can reach is an issue of its field", async (t) => {
  const { page } = await openPage(t);
  await useExample(page, "Bakery");
  for (const url of ["javascript:alert(1)", "file:///etc/passwd"]) {
    await page.locator("#image").fill(url);
    await invalid(page, "image").waitFor();
    await page.locator("#image").fill("https://example.com/baker.jpeg");
    await page.waitForFunction(() => !document.querySelector("#image[aria-invalid]"));
  }
});

test("the three parts compose one prompt", async (t) => {
  const { page } = await openPage(t);
  await page.getByText("Compose it from three parts").click();
  await page.getByLabel("Action").fill("A cat yawns.");
  await page.getByLabel("Ambient sound").fill("Rain on a window.");
  await page.getByLabel("Character dialogue").fill("Good night!");
  assert.equal(
    await page.locator("#prompt").inputValue(),
    "Action: A cat yawns. Ambient Sound: Rain on a window. Character Dialogue: Good night!",
  );
});
