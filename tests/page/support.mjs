// Shared by every test of the page: a server, a browser without internet access, and the page's controls.
import assert from "node:assert/strict";
import { serve } from "../../scripts/lib/serve.mjs";
import { startSimulator } from "../../scripts/lib/simulator.mjs";
import { openContext } from "../browser.mjs";
import { TIMEOUT_MS } from "../chromium.mjs";

const LOOPBACK = /^https?:\/\/(127\.0\.0\.1|localhost)[:/]/;

// Each simulated server adds an exit listener.
process.setMaxListeners(200);

/** Starts the simulated providers as a server, stopped with the test. */
export async function simulatorFor(t, { jobDurationMs } = {}) {
  const args = jobDurationMs === undefined ? [] : ["--job-duration-ms", String(jobDurationMs)];
  const program = process.env.FILMGATE_SIM ?? (await buildSimulator());
  const simulator = await startSimulator({ program, args });
  t.after(() => simulator.stop());
  return simulator;
}

/** Controls the simulated server: `faults`, `config`, `advance`, `reset`. */
export async function control(simulator, action, body) {
  const response = await fetch(`${simulator.origin}/control/${action}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.ok(response.ok, `control/${action}: ${response.status} ${await response.text()}`);
}

export async function ledger(simulator) {
  return (await fetch(`${simulator.origin}/control/ledger`)).json();
}

async function buildSimulator() {
  const { buildServer } = await import("../../scripts/build.mjs");
  return buildServer();
}

/**
 * Opens the page in an empty profile. `simulator`, `gateway`: as `npm start` provides them; `context`:
 * Playwright's context options. Returns `page`, `context`, `origin`, the URLs of the page's `requests`, and
 * its policy `violations`. The test fails if the page throws.
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

  const seen = { requests: [], violations: [], thrown: [] };
  const page = await context.newPage();
  watch(page, seen);
  await page.exposeFunction("reportViolation", (text) => void seen.violations.push(text));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
      window.reportViolation(`${effectiveDirective} ${blockedURI}`);
    });
  });
  t.after(() => assert.deepEqual(seen.thrown, [], "the page threw"));
  await page.goto(server.origin);
  await ready(page);
  const { requests, violations } = seen;
  return { page, context, origin: server.origin, requests, violations };
}

function watch(page, seen) {
  page.on("request", (request) => seen.requests.push(request.url()));
  page.on("pageerror", (error) => seen.thrown.push(error.stack ?? String(error)));
}

/** Opens the page with the simulated server, whose jobs are short. */
export async function openLocal(t, { jobDurationMs = 3_000, ...settings } = {}) {
  const simulator = await simulatorFor(t, { jobDurationMs });
  const opened = await openPage(t, { simulator, ...settings });
  await chooseEnvironment(opened.page, "local");
  return { ...opened, simulator };
}

/** Waits until the catalog has filled the selects and the jobs are listed. */
export async function ready(page) {
  await page.locator("#duration option[value='8']").waitFor({ state: "attached" });
  await page.waitForFunction(() => document.getElementById("jobs-environment").textContent !== "");
}

export async function reload(page) {
  await page.reload();
  await ready(page);
}

export const chooseEnvironment = (page, id) =>
  page.check(`input[name=environment][value=${id}]`);
export const chooseModel = (page, id) => page.selectOption("#model", id);
export const openMore = (page) =>
  page.locator("#more").evaluate((details) => void (details.open = true));
/** The image that is shown in a field. */
export const thumbnailOf = (page, path) => page.locator(`[data-field="${path}"] .preview img`);
export const chooseProvider = (page, provider) =>
  page.check(`input[name=provider][value=${provider}]`);

/** Fills in an example and waits until it is priced. */
export async function useExample(page, name) {
  await page.getByRole("button", { name, exact: true }).click();
  await page.getByRole("button", { name: /^Generate for/ }).waitFor();
}

/** Submits, and returns the new job's card. */
export async function generate(page) {
  const jobs = page.locator(".job");
  const before = await jobs.count();
  await page.locator("#submit").click();
  await page.waitForFunction((count) => document.querySelectorAll(".job").length > count, before);
  const id = await jobs.first().getAttribute("data-job-id");
  return page.locator(`.job[data-job-id="${id}"]`);
}

export const waitForState = (card, state) =>
  card.and(card.page().locator(`[data-state=${state}]`)).waitFor();

/** Asserts that a video plays: it has frames, and its time advances. */
export async function assertPlays(video) {
  await video.waitFor();
  const element = await video.elementHandle();
  const page = video.page();
  await page.waitForFunction((node) => node.videoWidth > 0 && node.currentTime > 0, element);
  const start = await element.evaluate((node) => node.currentTime);
  await page.waitForFunction(([node, time]) => node.currentTime > time, [element, start]);
  assert.ok(await element.evaluate((node) => node.videoHeight > 0 && node.error === null));
}

/** Runs in a page: its requests send a stream as text, as in Firefox and Safari. */
export function withoutStreams() {
  const { Request } = globalThis;
  globalThis.Request = class extends Request {
    constructor(input, init) {
      const isStream = init?.body instanceof ReadableStream;
      super(input, isStream ? { ...init, body: String(init.body), duplex: undefined } : init);
    }
  };
}

/** An image of one red pixel, as a file to choose, paste or drop. */
export const IMAGE_FILE = {
  name: "frame.png",
  mimeType: "image/png",
  buffer: Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
    "base64",
  ),
};

/** Resolves to the first truthy result of `find`; the test's own timeout ends a vain wait. */
export async function waitFor(find) {
  for (;;) {
    const found = await find();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The same promise with a timeout. */
export function withTimeout(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Timed out: ${what}`)), TIMEOUT_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
