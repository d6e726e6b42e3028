// The form survives a reload of its tab, and is not shared with other tabs.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  chooseModel,
  chooseEnvironment,
  enterSettings,
  chooseProvider,
  openMore,
  openPage,
  IMAGE_FILE,
  ready,
  reload,
  thumbnailOf,
} from "./support.mjs";

const PROMPT = "A lighthouse in the rain,\nseen from the sea";
const FIELDS = {
  prompt: PROMPT,
  n: "2",
  resolution: "720p",
  aspectRatio: "9:16",
  "output.quality": "ninety",
  ttlSeconds: "3600",
};
const KEY = "secret-key-5f1c";

const field = (page, name) => page.locator(`#request [name="${name}"]`);

async function fill(page) {
  await chooseModel(page, "sora-2-pro");
  await openMore(page);
  for (const [name, value] of Object.entries(FIELDS)) {
    const control = field(page, name);
    const isChoice = await control.evaluate(({ tagName }) => tagName === "SELECT");
    await (isChoice ? control.selectOption(value) : control.fill(value));
  }
  await page.locator("#includeCost").selectOption("false");
  await page.locator("#limit").fill("2.50");
  // Once all of it is priced, nothing is available, and nothing chosen by itself.
  await page.waitForFunction(() => !document.querySelector("input[name=provider]:checked"));
  await chooseProvider(page, "runware");
}

async function assertFilled(page) {
  for (const [name, value] of Object.entries(FIELDS)) {
    assert.equal(await field(page, name).inputValue(), value, name);
  }
  assert.equal(await page.locator("#includeCost").inputValue(), "false");
  assert.equal(await page.locator("#limit").inputValue(), "2.50");
  assert.equal(await page.locator("input[name=provider]:checked").inputValue(), "runware");
}

test("a reload restores every field, the limit and the choice, in this tab only", async (t) => {
  const { page, context, origin } = await openPage(t);
  await fill(page);
  // The last input has not been processed yet.
  await page.reload();
  await ready(page);
  await assertFilled(page);

  const other = await context.newPage();
  await other.goto(origin);
  await ready(other);
  assert.equal(await other.locator("#prompt").inputValue(), "");
  await other.locator("#prompt").fill("Another video");
  await reload(other);
  assert.equal(await other.locator("#prompt").inputValue(), "Another video");
  await reload(page);
  await assertFilled(page);
});

test("the three parts of a prompt are restored, without any key", async (t) => {
  const { page } = await openPage(t);
  await chooseEnvironment(page, "live");
  await enterSettings(page, { "key-runpod": KEY });
  await page.locator("#parts summary").click();
  await page.locator("#part-action").fill("She opens her hands");
  await page.locator("#part-sound").fill("Rain");
  await reload(page);
  await page.locator("#parts summary").click();
  await page.locator("#part-dialogue").fill("Welcome");
  const prompt = await page.locator("#prompt").inputValue();
  for (const part of ["She opens her hands", "Rain", "Welcome"]) assert.ok(prompt.includes(part));

  const [tab, device] = await page.evaluate(() =>
    [sessionStorage, localStorage].map((storage) => JSON.stringify({ ...storage })),
  );
  assert.ok(tab.includes("She opens her hands"));
  assert.ok(!tab.includes(KEY));
  assert.ok(!device.includes("She opens her hands"));
});

test("an image is stored until it is removed; one too large must be chosen again", async (t) => {
  const { page } = await openPage(t);
  await page.locator("#prompt").fill(PROMPT);
  await page.locator("#image-file").setInputFiles(IMAGE_FILE);
  // The file is read asynchronously.
  await thumbnailOf(page, "image").waitFor();
  const uri = await thumbnailOf(page, "image").getAttribute("src");
  await reload(page);
  assert.equal(await thumbnailOf(page, "image").getAttribute("src"), uri);
  assert.match(await page.locator("[data-field=image] figcaption").textContent(), /^frame\.png, /);
  await page.getByRole("button", { name: "Remove the image" }).click();
  await reload(page);
  assert.equal(await thumbnailOf(page, "image").count(), 0);

  const buffer = Buffer.concat([IMAGE_FILE.buffer, Buffer.alloc(12_000_000)]);
  await page.locator("#image-file").setInputFiles({ ...IMAGE_FILE, name: "large.png", buffer });
  await page.locator("[data-field=image] figcaption").getByText("large.png, ").waitFor();
  await reload(page);
  assert.equal(await page.locator("#prompt").inputValue(), PROMPT);
  await page.getByText(/^large\.png, .*: too large to be stored here/).waitFor();
});
