// The page generates through a gateway of another origin: validated, priced, tracked, resumed, cancelled and played.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertPlays,
  choosePlace,
  chooseProvider,
  film,
  openPage,
  ready,
  reload,
  stateOf,
  takeExample,
} from "../page/support.mjs";
import { gateway } from "./client.mjs";

const SIZES = {
  desktop: { viewport: { width: 1280, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true },
};

/** A job that the test itself ends, once it has seen it run. */
const LONG = { jobDurationMs: 600_000 };

/** The page at the gateway's place, and the gateway that lists its origin. */
async function open(t, { jobDurationMs = 2_000, ...context } = {}) {
  const opened = await openPage(t, { context });
  const vars = { CORS_ORIGINS: opened.origin };
  const all = await gateway(t, { sim: { jobDurationMs }, vars });
  await enter(opened.page, all.settings);
  return { ...opened, ...all };
}

async function enter(page, { url, apiKey }) {
  await choosePlace(page, "gateway");
  await page.locator("#gateway-url").fill(url);
  await page.locator("#gateway-token").fill(apiKey);
}

const says = (page, words) => page.locator("#gateway-state").getByText(words).waitFor();

for (const [name, context] of Object.entries(SIZES)) {
  test(`${name}: a video is generated, tracked and played`, async (t) => {
    const { page, sim, apiKey, settings, asked, violations } = await open(t, { ...LONG, ...context });
    await says(page, "The gateway accepts the API key.");
    await takeExample(page, "Mangrove");
    const card = await film(page);
    await card.getByText(/^Filming/).waitFor();
    await sim.control("advance", { ms: LONG.jobDurationMs });
    await stateOf(card, "completed");
    await assertPlays(card.locator("video"));
    await card.getByText("The gateway keeps it until it is deleted there.").waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= context.viewport.width, `${width} px wide`);
    assert.ok(asked.every((url) => !url.includes(apiKey)));
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    assert.ok(!kept.includes(apiKey) && kept.includes(settings.url));
    assert.ok(!(await page.locator("#code").textContent()).includes(apiKey));
    assert.deepEqual(violations, []);
  });
}

test("the gateway of `npm start` is preset, and its API key is stored nowhere", async (t) => {
  const offered = { url: "", apiKey: "" };
  const simulator = { runpod: "http://127.0.0.1:9/v2", runware: "http://127.0.0.1:9/v1" };
  const { page, origin } = await openPage(t, { simulator, gateway: offered });
  const { settings } = await gateway(t, { vars: { CORS_ORIGINS: origin } });
  Object.assign(offered, settings);
  await reload(page);
  await choosePlace(page, "gateway");
  await says(page, "The gateway accepts the API key.");
  await reload(page);
  await says(page, "The gateway accepts the API key.");
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  assert.ok(!kept.includes(settings.apiKey) && kept.includes(settings.url));
});

test("an image from a file is sent along, and RunPod uses it", async (t) => {
  const { page } = await open(t);
  await takeExample(page, "Bakery");
  await page.locator("#image").fill("");
  await page.locator("#image-file").setInputFiles({
    name: "frame.png",
    mimeType: "image/png",
    buffer: Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
      "base64",
    ),
  });
  await chooseProvider(page, "runpod");
  const card = await film(page);
  await stateOf(card, "completed");
  await assertPlays(card.locator("video"));
});

test("a reload waits for the API key, and a second tab tracks the same job", async (t) => {
  const { page, sim, context, origin, settings, count } = await open(t, LONG);
  await takeExample(page, "Mangrove");
  await film(page);
  await page.locator(".film").getByText(/^Filming/).waitFor();
  await reload(page);
  await page.getByText("Waiting for the gateway's token").waitFor();
  await page.locator("#gateway-token").fill(settings.apiKey);
  await page.locator(".film").getByText(/^Filming/).waitFor();
  const tab = await context.newPage();
  await tab.goto(origin);
  await ready(tab);
  await tab.locator("#gateway-token").fill(settings.apiKey);
  await sim.control("advance", { ms: LONG.jobDurationMs });
  for (const each of [page, tab]) {
    await stateOf(each.locator(".film"), "completed");
  }
  assert.equal(await count(), 1);
});

test("a cancel in one tab is shown in both", async (t) => {
  const { page, context, origin, settings } = await open(t, LONG);
  await takeExample(page, "Bakery");
  await chooseProvider(page, "runpod");
  const card = await film(page);
  await card.getByRole("button", { name: "Cancel" }).waitFor();
  const tab = await context.newPage();
  await tab.goto(origin);
  await ready(tab);
  await tab.locator("#gateway-token").fill(settings.apiKey);
  await tab.locator(".film").getByRole("button", { name: "Cancel" }).waitFor();
  await card.getByRole("button", { name: "Cancel" }).click();
  for (const each of [page, tab]) {
    await each.locator(".film[data-state=failed] .state").getByText("Cancelled").waitFor();
  }
});

test("errors are shown before anything is generated", async (t) => {
  const { page, settings, count, violations } = await open(t);
  await enter(page, { ...settings, apiKey: "fgw_wrong" });
  await says(page, "The gateway rejects this API key.");
  await takeExample(page, "Mangrove");
  await page.locator("#submit").click();
  await page.locator("#refusal").getByText("Check the key or the token above.").waitFor();
  await enter(page, { url: "gateway", apiKey: settings.apiKey });
  await says(page, "Enter the URL of a gateway, such as https://gateway.example.");
  await page.locator("#submit").click();
  await page.locator("#refusal").getByText("Give the key or the token above").waitFor();
  await enter(page, { url: "http://127.0.0.1:9", apiKey: settings.apiKey });
  await says(page, /^No response/);
  assert.equal(await count(), 0);
  assert.deepEqual(violations, []);
});

test("an API key is remembered if the user chooses that, and forgotten again", async (t) => {
  const { page, settings } = await open(t);
  await page.check("#remember-token");
  await reload(page);
  await says(page, "The gateway accepts the API key.");
  await page.uncheck("#remember-token");
  await reload(page);
  assert.equal(await page.locator("#gateway-token").inputValue(), "");
  assert.equal(await page.locator("#gateway-url").inputValue(), settings.url);
});
