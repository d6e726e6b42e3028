// The page generates through a gateway of another origin: validated, priced, tracked, resumed, cancelled and played.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertPlays,
  chooseEnvironment,
  chooseProvider,
  generate,
  openPage,
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
const LONG = { jobDurationMs: 600_000 };

/** The page in the gateway environment, and the gateway that lists its origin. */
async function open(t, { jobDurationMs = 2_000, ...context } = {}) {
  const opened = await openPage(t, { context });
  const vars = { CORS_ORIGINS: opened.origin };
  const all = await gateway(t, { sim: { jobDurationMs }, vars });
  await enter(opened.page, all.settings);
  return { ...opened, ...all };
}

async function enter(page, { url, token }) {
  await chooseEnvironment(page, "gateway");
  await page.locator("#gateway-url").fill(url);
  await page.locator("#gateway-api-key").fill(token);
}

const says = (page, words) => page.locator("#gateway-state").getByText(words).waitFor();

for (const [name, context] of Object.entries(SIZES)) {
  test(`${name}: a job is submitted, tracked and played`, async (t) => {
    const { page, sim, token, settings, requests, violations } = await open(t, { ...LONG, ...context });
    await says(page, "The gateway answers, and takes the token.");
    await useExample(page, "Mangrove");
    const card = await generate(page);
    await card.getByText(/^Generating/).waitFor();
    await sim.control("advance", { ms: LONG.jobDurationMs });
    await waitForState(card, "completed");
    await assertPlays(card.locator("video"));
    await card.getByText("The gateway stores it until it is deleted there.").waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= context.viewport.width, `${width} px wide`);
    assert.ok(requests.every((url) => !url.includes(token)));
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    assert.ok(!kept.includes(token) && kept.includes(settings.url));
    assert.ok(!(await page.locator("#code").textContent()).includes(token));
    assert.deepEqual(violations, []);
  });
}

test("the gateway of `npm start` is there without a word, and its token is kept nowhere", async (t) => {
  const offered = { url: "", token: "" };
  const simulator = { runpod: "http://127.0.0.1:9/v2", runware: "http://127.0.0.1:9/v1" };
  const { page, origin } = await openPage(t, { simulator, gateway: offered });
  const { settings } = await gateway(t, { vars: { CORS_ORIGINS: origin } });
  Object.assign(offered, settings);
  await reload(page);
  await chooseEnvironment(page, "gateway");
  await says(page, "The gateway answers, and takes the token.");
  await reload(page);
  await says(page, "The gateway answers, and takes the token.");
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  assert.ok(!kept.includes(settings.token) && kept.includes(settings.url));
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

test("a reload waits for the token, and a second tab tracks the same job", async (t) => {
  const { page, sim, context, origin, settings, count } = await open(t, LONG);
  await useExample(page, "Mangrove");
  await generate(page);
  await page.locator(".job").getByText(/^Generating/).waitFor();
  await reload(page);
  await page.getByText("Waiting for the gateway's API key").waitFor();
  await page.locator("#gateway-api-key").fill(settings.token);
  await page.locator(".job").getByText(/^Generating/).waitFor();
  const tab = await context.newPage();
  await tab.goto(origin);
  await ready(tab);
  await tab.locator("#gateway-api-key").fill(settings.token);
  await sim.control("advance", { ms: LONG.jobDurationMs });
  for (const each of [page, tab]) {
    await waitForState(each.locator(".job"), "completed");
  }
  assert.equal(await count(), 1);
});

test("a cancel in one tab shows in both", async (t) => {
  const { page, context, origin, settings } = await open(t, LONG);
  await useExample(page, "Bakery");
  await chooseProvider(page, "runpod");
  const card = await generate(page);
  await card.getByRole("button", { name: "Cancel" }).waitFor();
  const tab = await context.newPage();
  await tab.goto(origin);
  await ready(tab);
  await tab.locator("#gateway-api-key").fill(settings.token);
  await tab.locator(".job").getByRole("button", { name: "Cancel" }).waitFor();
  await card.getByRole("button", { name: "Cancel" }).click();
  for (const each of [page, tab]) {
    await each.locator(".job[data-state=failed] .state").getByText("Cancelled").waitFor();
  }
});

test("what is wrong is said before anything is ordered", async (t) => {
  const { page, settings, count, violations } = await open(t);
  await enter(page, { ...settings, token: "fgw_wrong" });
  await says(page, "The gateway does not take this token.");
  await useExample(page, "Mangrove");
  await page.locator("#submit").click();
  await page.locator("#submit-error").getByText("Check the API key above.").waitFor();
  await enter(page, { url: "videos", token: settings.token });
  await says(page, "This is no address of a gateway.");
  await page.locator("#submit").click();
  await page.locator("#submit-error").getByText("Enter the API key above").waitFor();
  await enter(page, { url: "http://127.0.0.1:9", token: settings.token });
  await says(page, /^No answer/);
  assert.equal(await count(), 0);
  assert.deepEqual(violations, []);
});

test("a token is remembered where the user asks for it, and forgotten again", async (t) => {
  const { page, settings } = await open(t);
  await page.check("#remember-api-key");
  await reload(page);
  await says(page, "The gateway answers, and takes the token.");
  await page.uncheck("#remember-api-key");
  await reload(page);
  assert.equal(await page.locator("#gateway-api-key").inputValue(), "");
  assert.equal(await page.locator("#gateway-url").inputValue(), settings.url);
});
