// The site in Chromium: the search by keyboard and without a network, its policy, a phone, and axe.
import assert from "node:assert/strict";
import { test } from "node:test";
import axe from "axe-core";
import { checkLast, openContext } from "../browser.mjs";
import { servedSite } from "./lib/site.mjs";

/** Opens a page of the site; nothing but the site may be requested. */
async function open(t, path, settings) {
  // The page is closed before its server, which it would miss.
  const context = await openContext(t, settings);
  const url = await servedSite(t);
  const problems = [];
  checkLast(t, () => assert.deepEqual(problems, []));
  const page = await context.newPage();
  // A blob of the page has its origin, and no path of the site.
  const own = [url, `blob:${new URL(url).origin}/`];
  page.on("request", (request) => own.some((start) => request.url().startsWith(start)) || problems.push(request.url()));
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  await page.goto(url + path);
  return { page, url, context };
}

const results = (page) => page.getByRole("option");

test("the search finds a word by keyboard alone, and opens its section", async (t) => {
  const { page, url } = await open(t, "docs/cli.html");
  await page.keyboard.press("/");
  await page.keyboard.type("reconcil");
  await results(page).first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  const selected = page.locator("[role=option][aria-selected=true]");
  const input = page.getByRole("combobox");
  assert.equal(await input.getAttribute("aria-activedescendant"), await selected.getAttribute("id"));
  await page.keyboard.press("ArrowDown");
  await page.getByRole("option", { name: /Submit outcomes/ }).waitFor();
  const target = await selected.evaluate((link) => link.href);
  await page.keyboard.press("Enter");
  await page.waitForURL(target);
  assert.ok(target.startsWith(url));
});

test("the search finds a name by a part of it, and a word with a slip", async (t) => {
  const { page } = await open(t, "api/filmgate/batch.html");
  const input = page.getByRole("combobox");
  await input.fill("gatewayClient");
  await page.getByRole("option", { name: /createGatewayClient/ }).first().waitFor();
  await input.fill("webhok");
  await page.getByRole("option", { name: /Webhooks/ }).first().waitFor();
});

test("once the search is used, it needs no network", async (t) => {
  const { page, context } = await open(t, "docs/");
  const loaded = page.waitForResponse((response) => response.url().endsWith(".json"));
  await page.getByRole("combobox").focus();
  await (await loaded).finished();
  await context.setOffline(true);
  await page.keyboard.type("idempotencyKey");
  await results(page).first().waitFor();
});

test("nothing found is said, and Escape closes the results", async (t) => {
  const { page } = await open(t, "docs/");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("zzzzzz");
  await page.getByRole("status").getByText("Nothing found for “zzzzzz”").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".results").waitFor({ state: "hidden" });
});

test("an index that does not load is said, and loads the next time", async (t) => {
  const url = await servedSite(t);
  const page = await (await openContext(t)).newPage();
  let isDown = true;
  await page.route("**/search-*.json", (route) => (isDown ? route.abort() : route.continue()));
  await page.goto(`${url}docs/`);
  await page.getByRole("combobox").fill("fox");
  await page.getByRole("status").getByText("could not be loaded").waitFor();
  isDown = false;
  await page.getByRole("combobox").fill("webhook");
  await results(page).first().waitFor();
});

for (const path of ["docs", "api"]) {
  test(`/${path} without its slash shows the index`, async (t) => {
    const { page, url } = await open(t, path);
    await page.waitForURL(`${url}${path}/`);
    await page.locator("article a").first().waitFor();
  });
}

test("the playground links the guides", async (t) => {
  const { page, url } = await open(t, "");
  await page.getByRole("navigation", { name: "More" }).getByRole("link", { name: "Docs" }).click();
  await page.waitForURL(`${url}docs/`);
  await page.getByRole("heading", { level: 1, name: "Documentation" }).waitFor();
});

test("without JavaScript a page has its text and the way to the others", async (t) => {
  const { page, url } = await open(t, "docs/prices.html", { javaScriptEnabled: false });
  await page.getByRole("heading", { level: 1, name: "Prices and limits" }).waitFor();
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Errors" }).click();
  assert.equal(page.url(), `${url}docs/errors.html`);
  assert.equal(await page.getByRole("combobox").isVisible(), false);
});

const PAGES = ["docs/", "docs/models.html", "docs/never-pay-twice.html", "docs/frontend.html", "api/", "api/filmgate.html"];

for (const path of PAGES) {
  test(`${path} fits a phone`, async (t) => {
    const context = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
    const { page } = await open(t, path, context);
    const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    assert.ok(await fits(), "the text");
    await page.getByText("Pages", { exact: true }).tap();
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Glossary" }).waitFor();
    assert.ok(await fits(), "the navigation");
    await page.getByRole("combobox").fill("submission_unknown");
    await results(page).first().waitFor();
    assert.ok(await fits(), "the results");
  });
}

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1280, 360]) {
    test(`axe finds nothing: ${colorScheme}, ${width} px`, async (t) => {
      // axe itself writes markup, which the site's policy would block.
      const { page, url } = await open(t, "docs/", { colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
      const check = async (state) => {
        await page.evaluate(axe.source);
        // Without the results that nobody reads: what passes is most of a page.
        const options = { rules: { "color-contrast-enhanced": { enabled: true } }, resultTypes: ["violations"] };
        const { violations } = await page.evaluate((given) => window.axe.run(document, given), options);
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html).join(" ")}`);
        assert.deepEqual(found, [], state);
      };
      for (const path of PAGES) {
        await page.goto(url + path);
        await check(path);
      }
      await page.getByRole("combobox").fill("webhook");
      await results(page).first().waitFor();
      await check("results");
    });
  }
}
