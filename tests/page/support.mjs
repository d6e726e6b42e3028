// What every test of the page needs: a server, a browser without an internet, and the page's own words.
import assert from "node:assert/strict";
import { serve } from "../../scripts/lib/serve.mjs";
import { startSimulator } from "../../scripts/lib/simulator.mjs";
import { openContext } from "../browser.mjs";
import { PATIENCE } from "../chromium.mjs";

const LOOPBACK = /^https?:\/\/(127\.0\.0\.1|localhost)[:/]/;

// Each simulated server has an exit listener of its own.
process.setMaxListeners(200);

/** The simulated providers as a server, stopped with the test. */
export async function simulatorFor(t, args = []) {
  const program = process.env.FILMGATE_SIM ?? (await buildSimulator());
  const simulator = await startSimulator({ program, args });
  t.after(() => simulator.stop());
  return simulator;
}

/** Tells the simulated server what to do: `faults`, `config`, `advance`, `reset`. */
export async function control(simulator, what, body) {
  const answer = await fetch(`${simulator.origin}/control/${what}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.ok(answer.ok, `control/${what}: ${answer.status} ${await answer.text()}`);
}

export async function ledger(simulator) {
  return (await fetch(`${simulator.origin}/control/ledger`)).json();
}

async function buildSimulator() {
  const { buildServer } = await import("../../scripts/build.mjs");
  return buildServer();
}

/**
 * Opens the page in an empty profile. `simulator`, `gateway`: what `npm start` would offer; `context`: Playwright's
 * own settings. Gives `page`, `origin`, what the page has `asked` for, and its `violations`.
 * Every test fails where the page has thrown.
 */
export async function openPage(t, { simulator, gateway, context: settings = {} } = {}) {
  const config = simulator && { runpod: simulator.runpod, runware: simulator.runware, gateway };
  const server = await serve({ config });
  t.after(() => server.close());
  const context = await openContext(t, settings);
  await context.route(
    (url) => !LOOPBACK.test(url.href),
    (route) => (/^(data|blob):/.test(route.request().url()) ? route.continue() : route.abort()),
  );

  const seen = { asked: [], violations: [], thrown: [] };
  const page = await context.newPage();
  watch(page, seen);
  await page.exposeFunction("tellViolation", (text) => void seen.violations.push(text));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
      window.tellViolation(`${effectiveDirective} ${blockedURI}`);
    });
  });
  t.after(() => assert.deepEqual(seen.thrown, [], "the page has thrown"));
  await page.goto(server.origin);
  await ready(page);
  return { page, context, origin: server.origin, asked: seen.asked, violations: seen.violations };
}

function watch(page, seen) {
  page.on("request", (request) => seen.asked.push(request.url()));
  page.on("pageerror", (error) => seen.thrown.push(error.stack ?? String(error)));
}

/** The page with the simulated server chosen, whose runs are short. */
export async function openLocal(t, { jobDurationMs = 3_000, ...settings } = {}) {
  const simulator = await simulatorFor(t, ["--job-duration-ms", String(jobDurationMs)]);
  const opened = await openPage(t, { simulator, ...settings });
  await choosePlace(opened.page, "local");
  return { ...opened, simulator };
}

/** The page is ready once the catalog has filled its choices and the films are listed. */
export async function ready(page) {
  await page.locator("#duration option[value='8']").waitFor({ state: "attached" });
  await page.waitForFunction(() => document.getElementById("films-place").textContent !== "");
}

export async function reload(page) {
  await page.reload();
  await ready(page);
}

export const choosePlace = (page, place) => page.check(`input[name=place][value=${place}]`);
export const chooseModel = (page, id) => page.selectOption("#model", id);
export const openMore = (page) =>
  page.locator("#more").evaluate((details) => void (details.open = true));
/** The picture that is shown in a field. */
export const thumbOf = (page, path) => page.locator(`[data-field="${path}"] .preview img`);
export const chooseProvider = (page, provider) =>
  page.check(`input[name=provider][value=${provider}]`);

/** Takes a seed's example, and waits until it is priced. */
export async function takeExample(page, name) {
  await page.getByRole("button", { name, exact: true }).click();
  await page.getByRole("button", { name: /^Film it for/ }).waitFor();
}

/** Submits, and gives the new film's card. */
export async function film(page) {
  const films = page.locator(".film");
  const before = await films.count();
  await page.locator("#submit").click();
  await page.waitForFunction((count) => document.querySelectorAll(".film").length > count, before);
  const key = await films.first().getAttribute("data-key");
  return page.locator(`.film[data-key="${key}"]`);
}

export const stateOf = (card, state) =>
  card.and(card.page().locator(`[data-state=${state}]`)).waitFor();

/** A video plays: it has a picture, and its time goes on. */
export async function assertPlays(video) {
  await video.waitFor();
  const element = await video.elementHandle();
  const page = video.page();
  await page.waitForFunction((node) => node.videoWidth > 0 && node.currentTime > 0, element);
  const at = await element.evaluate((node) => node.currentTime);
  await page.waitForFunction(([node, time]) => node.currentTime > time, [element, at]);
  assert.ok(await element.evaluate((node) => node.videoHeight > 0 && node.error === null));
}

/** A picture of one red pixel, as a file to choose, paste or drop. */
export const PICTURE = {
  name: "frame.png",
  mimeType: "image/png",
  buffer: Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
    "base64",
  ),
};

/** What `look` finds, once it finds something; the test's own time limit ends a vain wait. */
export async function waitFor(look) {
  for (;;) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The same promise, which is not waited for in vain. */
export function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`In vain: ${what}`)), PATIENCE);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
