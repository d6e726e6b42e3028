// Who only uses a gateway loads no WebAssembly module: the gateway validates and prices, and the video is made from submit
// to play in a browser that has no WebAssembly at all.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertPlays,
  chooseEnvironment,
  chooseModel,
  chooseProvider,
  closeSettings,
  enterSettings,
  generate,
  openPage,
  openSettings,
  ready,
  reload,
  submitText,
  useExample,
  videos,
  waitForState,
} from "../page/support.mjs";
import { gateway } from "./client.mjs";

/** Base64 of a module would be far longer than any line of a script. */
const MODULE_TEXT = /[A-Za-z0-9+/]{20000}/;

/** The page as it opens for somebody who chose the gateway before. */
async function open(t) {
  const { page, context, origin, requests } = await openPage(t);
  const vars = { CORS_ORIGINS: origin };
  const { settings, count, server, sim } = await gateway(t, { sim: { jobDurationMs: 500 }, vars });
  await page.evaluate(([url, apiKey]) => {
    localStorage.setItem("filmgate.settings", JSON.stringify({ environment: "gateway", gateway: { url, apiKey } }));
  }, [settings.url, settings.apiKey]);
  await context.addInitScript(() => delete globalThis.WebAssembly);
  requests.length = 0;
  await reload(page);
  return { page, context, origin, requests, settings, count, server, sim };
}

test("a video from submit to play, without WebAssembly and without the module", async (t) => {
  const { page, origin, requests, count } = await open(t);
  assert.equal(await page.evaluate(() => typeof WebAssembly), "undefined");
  await useExample(page, "Lighthouse");
  await page.locator("#quote-rows .quote").nth(3).waitFor();
  const card = await generate(page);
  await waitForState(card, "completed");
  await assertPlays(card.locator("video"));
  assert.equal(await count(), 1);

  assert.deepEqual(requests.filter((url) => url.includes(".wasm")), []);
  const scripts = [...new Set(requests.filter((url) => url.startsWith(origin) && url.endsWith(".js")))];
  assert.ok(scripts.length > 1);
  for (const url of scripts) {
    const text = await (await fetch(url)).text();
    assert.doesNotMatch(text, MODULE_TEXT, url);
    assert.doesNotMatch(text, /WebAssembly\.(compile|instantiate)/, url);
  }
});

test("another environment loads the module when it is chosen", async (t) => {
  const { page, origin } = await openPage(t);
  await page.evaluate(() => localStorage.setItem("filmgate.settings", JSON.stringify({ environment: "gateway" })));
  const fetched = [];
  page.on("request", (request) => fetched.push(request.url()));
  await page.goto(origin);
  await ready(page);
  await page.getByText("The gateway computes the prices, and its URL or API key is missing.").waitFor();
  assert.deepEqual(fetched.filter((url) => url.includes(".wasm")), []);
  await chooseEnvironment(page, "page");
  await useExample(page, "Lighthouse");
  assert.ok(fetched.some((url) => /filmgate-.*\.wasm/.test(url)));
});

test("the gateway's problems are beside the fields, and its fix mends them", async (t) => {
  const { page, count } = await open(t);
  await chooseModel(page, "sora-2-pro");
  await page.locator("#prompt").fill("A fox in the snow");
  await page.locator("#image").fill("http://localhost/fox.png");
  await page.locator("#image[aria-invalid]").waitFor();
  await page.locator("#submit").click();
  await page.locator("#submit-error").getByText("Nothing was billed.").waitFor();
  assert.equal(await count(), 0);
  await page.locator("#image").fill("");
  await chooseProvider(page, "runware");
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
  await waitForState(await generate(page), "completed");
});

test("a press at once after a change waits for the gateway's price, and is refused if that is higher", async (t) => {
  const { page, count } = await open(t);
  await chooseModel(page, "p-video");
  await page.locator("#prompt").fill("A fox in the snow");
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
  const before = await submitText(page);
  // In one turn: no price arrives between the change and the press.
  await page.evaluate(() => {
    const duration = document.getElementById("duration");
    duration.value = "10";
    duration.dispatchEvent(new Event("input", { bubbles: true }));
    document.getElementById("submit").click();
  });
  await page.locator("#submit-error").getByText(/^The price of this is \$\d+\.\d+\. Nothing was sent/).waitFor();
  assert.equal(await count(), 0);
  assert.notEqual(await submitText(page), before);
  await waitForState(await generate(page), "completed");
  assert.equal(await count(), 1);
});

test("a rejected key and a gateway that does not answer are told instead of prices", async (t) => {
  const { page, settings, count } = await open(t);
  await enterSettings(page, { "gateway-api-key": "fgw_wrong" });
  const offers = page.locator(".offers");
  await offers.getByText("Check the API key in the environment menu.").waitFor();
  await page.locator("#prompt").fill("A fox in the snow");
  await page.locator("#submit").click();
  await page.locator("#submit-error").getByText("Check the API key in the environment menu.").waitFor();
  await enterSettings(page, { "gateway-url": "http://127.0.0.1:9", "gateway-api-key": settings.apiKey });
  await offers.getByText(/Check the connection/).waitFor();
  await enterSettings(page, { "gateway-url": "" });
  await offers.getByRole("button", { name: "Open the environment menu" }).click();
  assert.equal(await page.evaluate(() => document.activeElement.id), "gateway-url");
  await enterSettings(page, { "gateway-url": settings.url });
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
  assert.equal(await videos(page).count(), 0);
  assert.equal(await count(), 0);
});

test("settings that were typed just before a press are those of the press", async (t) => {
  const { page, count, settings, origin } = await open(t);
  const other = await gateway(t, { sim: { jobDurationMs: 500 }, vars: { CORS_ORIGINS: origin } });
  await page.locator("#prompt").fill("A fox in the snow");
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
  await openSettings(page);
  // In one turn: no pause is over between the input and the press.
  await page.evaluate(([url, apiKey]) => {
    for (const [id, value] of [["gateway-url", url], ["gateway-api-key", apiKey]]) {
      const input = document.getElementById(id);
      input.value = value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    document.getElementById("submit").click();
  }, [other.settings.url, other.settings.apiKey]);
  await closeSettings(page);
  await videos(page).first().waitFor();
  await waitForState(page.locator(".job"), "completed");
  assert.deepEqual([await count(), await other.count()], [0, 1]);
  assert.notEqual(settings.url, other.settings.url);
});
