// The code beside the form: the programs that the form's request makes, without any key. That each runs as it is copied
// is tested where they are written.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseEnvironment, chooseProvider, enterSettings, IMAGE_FILE, openLocal, openMore, openPage, useExample } from "./support.mjs";

const KEY = "secret-key-5f1c";
const code = (page, hasText) => page.locator("#code", { hasText });
const openCode = (page) => page.getByRole("tab", { name: "Code" }).click();

test("a program for each client, with the form's request and options", async (t) => {
  const { page } = await openPage(t);
  await useExample(page, "Mangrove");
  await chooseProvider(page, "runware");
  await page.locator("#limit").fill("4.5");
  await openMore(page);
  await page.locator("#output-quality").fill("80");
  await openCode(page);
  await code(page, /quality: 80/).waitFor();
  const text = await page.locator("#code").textContent();
  for (const part of [/from "filmgate\/testing"/, /"sora-2-pro"/, /4\.5/, /"runware"/]) assert.match(text, part);
  const tabs = page.getByRole("tablist", { name: "Client" }).getByRole("tab");
  const labels = await tabs.allTextContents();
  assert.deepEqual(labels, ["Node", "Browser", "curl", "AI SDK", "OpenAI SDK"]);
  for (const [name, part] of [["curl", /^curl/m], ["AI SDK", /ai-sdk/], ["OpenAI SDK", /openai/]]) {
    await tabs.filter({ hasText: new RegExp(`^${name}$`) }).click();
    await code(page, part).waitFor();
  }
});

test("it follows the environment, and never holds a key", async (t) => {
  const { page } = await openPage(t);
  await useExample(page, "Bakery");
  await openCode(page);
  await code(page, "filmgate/testing").waitFor();
  await chooseEnvironment(page, "live");
  await enterSettings(page, { "key-runpod": KEY });
  await code(page, "RUNPOD_API_KEY").waitFor();
  assert.ok(!(await page.locator("#code").textContent()).includes(KEY));
  await chooseEnvironment(page, "gateway");
  await enterSettings(page, { "gateway-url": "https://gateway.example", "gateway-api-key": KEY });
  await code(page, "https://gateway.example").waitFor();
  assert.ok(!(await page.locator("#code").textContent()).includes(KEY));
});

test("an image is read from its file", async (t) => {
  const { page } = await openLocal(t);
  await useExample(page, "Bakery");
  await page.locator("#image-file").setInputFiles(IMAGE_FILE);
  await openCode(page);
  await code(page, "frame.png").waitFor();
  assert.ok(!(await page.locator("#code").textContent()).includes("base64"));
});

test("the button copies the code", async (t) => {
  const context = { permissions: ["clipboard-read", "clipboard-write"] };
  const { page } = await openPage(t, { context });
  await useExample(page, "Bakery");
  await openCode(page);
  await code(page, "createFilmgate").waitFor();
  await page.locator("#copy-code").click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, await page.locator("#code").textContent());
});
