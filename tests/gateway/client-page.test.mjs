// The page generates through a gateway of another origin: validated, priced, tracked, resumed, cancelled and played.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertPlays,
  chooseEnvironment,
  chooseProvider,
  closeSettings,
  enterSettings,
  generate,
  openPage,
  openSettings,
  ready,
  reload,
  waitForState,
  useExample,
} from "../page/support.mjs";
import { gateway } from "./client.mjs";

const SIZES = {
  desktop: { viewport: { width: 1280, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true },
};

/** A job that ends only when the test advances the clock. */
const SLOW_JOB = { jobDurationMs: 600_000 };

/** The page in the gateway environment, and the gateway that lists its origin. */
async function open(t, { jobDurationMs = 2_000, ...context } = {}) {
  const opened = await openPage(t, { context });
  const vars = { CORS_ORIGINS: opened.origin };
  const all = await gateway(t, { sim: { jobDurationMs }, vars });
  await enter(opened.page, all.settings);
  await showsState(opened.page, "The gateway accepts the API key.");
  return { ...opened, ...all };
}

async function enter(page, { url, apiKey }) {
  await chooseEnvironment(page, "gateway");
  await enterSettings(page, { "gateway-url": url, "gateway-api-key": apiKey });
}

async function showsState(page, text) {
  await openSettings(page);
  await page.locator("#gateway-state").getByText(text).waitFor();
  await closeSettings(page);
}

for (const [name, context] of Object.entries(SIZES)) {
  test(`${name}: a job is submitted, tracked and played`, async (t) => {
    const { page, sim, apiKey, settings, requests, violations } = await open(t, { ...SLOW_JOB, ...context });
    await showsState(page, "The gateway accepts the API key.");
    await useExample(page, "Mangrove");
    const card = await generate(page);
    await card.getByText(/^Generating/).waitFor();
    await sim.control("advance", { ms: SLOW_JOB.jobDurationMs });
    await waitForState(card, "completed");
    await assertPlays(card.locator("video"));
    await card.getByText("The gateway stores it until it is deleted there.").waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= context.viewport.width, `${width} px wide`);
    assert.ok(requests.every((url) => !url.includes(apiKey)));
    const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    assert.ok(!stored.includes(apiKey) && stored.includes(settings.url));
    assert.ok(!(await page.locator("body").textContent()).includes(apiKey));
    assert.deepEqual(violations, []);
  });
}

test("the gateway of `npm start` is filled in, and its API key is not stored", async (t) => {
  const offered = { url: "", apiKey: "" };
  const simulator = { runpod: "http://127.0.0.1:9/v2", runware: "http://127.0.0.1:9/v1" };
  const { page, origin } = await openPage(t, { simulator, gateway: offered });
  const { settings } = await gateway(t, { vars: { CORS_ORIGINS: origin } });
  Object.assign(offered, settings);
  await reload(page);
  await chooseEnvironment(page, "gateway");
  await showsState(page, "The gateway accepts the API key.");
  await reload(page);
  await showsState(page, "The gateway accepts the API key.");
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  assert.ok(!stored.includes(settings.apiKey) && stored.includes(settings.url));
});

test("an image from a file is uploaded, and RunPod uses it", async (t) => {
  const { page } = await open(t);
  await useExample(page, "Bakery");
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
  const card = await generate(page);
  await waitForState(card, "completed");
  await assertPlays(card.locator("video"));
});

test("a reload waits for the API key, and a second tab tracks the same job", async (t) => {
  const { page, sim, context, origin, settings, count } = await open(t, SLOW_JOB);
  await useExample(page, "Mangrove");
  await generate(page);
  await page.locator(".job").getByText(/^Generating/).waitFor();
  await reload(page);
  await page.getByText("Waiting for the gateway's API key").waitFor();
  await enterSettings(page, { "gateway-api-key": settings.apiKey });
  await page.locator(".job").getByText(/^Generating/).waitFor();
  const tab = await context.newPage();
  await tab.goto(origin);
  await ready(tab);
  await enterSettings(tab, { "gateway-api-key": settings.apiKey });
  await sim.control("advance", { ms: SLOW_JOB.jobDurationMs });
  for (const each of [page, tab]) {
    await waitForState(each.locator(".job"), "completed");
  }
  assert.equal(await count(), 1);
});

test("a cancel in one tab shows in both", async (t) => {
  const { page, context, origin, settings } = await open(t, SLOW_JOB);
  await useExample(page, "Bakery");
  await chooseProvider(page, "runpod");
  const card = await generate(page);
  await card.getByRole("button", { name: "Cancel" }).waitFor();
  const tab = await context.newPage();
  await tab.goto(origin);
  await ready(tab);
  await enterSettings(tab, { "gateway-api-key": settings.apiKey });
  await tab.locator(".job").getByRole("button", { name: "Cancel" }).waitFor();
  await card.getByRole("button", { name: "Cancel" }).click();
  for (const each of [page, tab]) {
    await each.locator(".job[data-state=failed] .state").getByText("Cancelled").waitFor();
  }
});

test("what is wrong is shown before anything is submitted", async (t) => {
  const { page, settings, count, violations } = await open(t);
  await useExample(page, "Mangrove");
  await enter(page, { ...settings, apiKey: "fgw_wrong" });
  await showsState(page, "The gateway rejects this API key.");
  await page.locator("#submit").click();
  await page.getByText("Check the API key in the environment menu.").first().waitFor();
  await enter(page, { url: "videos", apiKey: settings.apiKey });
  await showsState(page, "Enter the URL of a gateway, such as https://gateway.example.");
  await page.locator("#submit").click();
  await page.getByText(/Enter the API key/).first().waitFor();
  await enter(page, { url: "http://127.0.0.1:9", apiKey: settings.apiKey });
  await showsState(page, /^No response/);
  assert.equal(await count(), 0);
  assert.deepEqual(violations, []);
});

test("an API key is remembered if the user opts in, and removed again", async (t) => {
  const { page, settings } = await open(t);
  await openSettings(page);
  await page.check("#remember-api-key");
  await closeSettings(page);
  await reload(page);
  await showsState(page, "The gateway accepts the API key.");
  await openSettings(page);
  await page.uncheck("#remember-api-key");
  await closeSettings(page);
  await reload(page);
  assert.equal(await page.locator("#gateway-api-key").inputValue(), "");
  assert.equal(await page.locator("#gateway-url").inputValue(), settings.url);
});
