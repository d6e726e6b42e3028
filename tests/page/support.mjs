// Shared by every test of the page: a server, a browser without internet access, and the page's controls.
import assert from "node:assert/strict";
import { serve } from "../../scripts/lib/serve.mjs";
import { startSimulator } from "../../scripts/lib/simulator.mjs";
import { checkLast, openContext } from "../browser.mjs";
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
  checkLast(t, () => assert.deepEqual(seen.thrown, [], "the page threw"));
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

/** Opens the page with keys for these providers, which are a simulated server. */
export async function openLive(t, { providers = ["runpod", "runware"], jobDurationMs = 300 } = {}) {
  const simulator = await simulatorFor(t, { jobDurationMs });
  const opened = await openPage(t);
  await chooseEnvironment(opened.page, "live");
  const entries = providers.flatMap((id) => [[`key-${id}`, "a-key"], [`base-${id}`, simulator[id]]]);
  await enterSettings(opened.page, Object.fromEntries(entries));
  return { ...opened, simulator };
}

/** Waits until the form is filled, filmgate is loaded and the jobs are listed. */
export async function ready(page) {
  await page.locator("#jobs-environment:not(:empty)").waitFor({ state: "attached" });
  await page.locator("#submit:not([data-loading])").waitFor();
}

export async function reload(page) {
  await page.reload();
  await ready(page);
}

const menu = (page) => page.locator("#environments");

/** Opens the menu of the environment, which holds the keys and URLs. */
export async function openSettings(page) {
  const isOpen = () => menu(page).evaluate(({ open }) => open);
  // On a busy machine, what moves between the two halves of a press makes it none.
  while (!(await isOpen())) await menu(page).locator("summary").first().click();
}

export async function closeSettings(page) {
  await menu(page).evaluate((details) => void (details.open = false));
}

export async function chooseEnvironment(page, id) {
  await openSettings(page);
  await page.check(`input[name=environment][value=${id}]`);
  await closeSettings(page);
  await ready(page);
}

/** Fills in fields of the environment's menu, by their ids, and closes it. */
export async function enterSettings(page, values) {
  await openSettings(page);
  if (Object.keys(values).some((id) => id.startsWith("base-"))) {
    await page.locator("#live-settings details").evaluate((details) => void (details.open = true));
  }
  for (const [id, value] of Object.entries(values)) {
    await page.locator(`#${id}`).fill(value);
    // A URL counts once its field is left.
    await page.locator(`#${id}`).blur();
  }
  await closeSettings(page);
}

export const chooseModel = (page, id) => page.selectOption("#model", id);
export const openMore = (page) =>
  page.locator("#more").evaluate((details) => void (details.open = true));
/** The image that is shown in a field. */
export const thumbnailOf = (page, path) => page.locator(`[data-field="${path}"] .preview img`);
export const chooseProvider = (page, provider) =>
  page.check(`input[name=provider][value=${provider}]`);

const isSheet = (page) => page.evaluate(() => innerWidth < 1100);

/** On a narrow screen the offers and the code are a sheet. */
export async function openOffers(page) {
  if (await isSheet(page)) await page.locator(".offer-summary").click();
}

export async function closeOffers(page) {
  if (await isSheet(page)) await page.locator(".side-close").click();
}

/** A request that many models accept, and the Sora 2 Pro examples of both providers' documentation. */
export const EXAMPLES = {
  Lighthouse: {
    prompt:
      "A lighthouse on a cliff at dusk, in heavy rain. Its beam sweeps over the sea while the waves " +
      "break white on the rocks; slow aerial shot.",
    duration: 5,
    resolution: "720p",
  },
  Bakery: {
    model: "sora-2-pro",
    prompt:
      "Action: She opened her hands. Ambient Sound: The soft crackling of the dying fire, a happy " +
      "ding from the timer. Character Dialogue: (Voice is high-pitched, bubbly) Welcome to my bakery!",
    image: "https://example.com/baker.jpeg",
    duration: 4,
  },
  Mangrove: {
    model: "sora-2-pro",
    prompt:
      "A cinematic wide shot drifting slowly through a flooded mangrove forest at twilight during a " +
      "warm monsoon rain. The tangled roots rise from mirror-dark water, and every raindrop disturbs " +
      "glowing turquoise bioluminescent algae that ripple outward in delicate rings.",
    size: "1792x1024",
    duration: 8,
  },
};

/** Opens a link to a request, and waits until the form has it. */
export async function openLink(page, request) {
  const packed = Buffer.from(JSON.stringify({ request })).toString("base64url");
  await page.evaluate((fragment) => void (location.hash = fragment), `#video=1.t${packed}`);
  await page.waitForFunction(
    (prompt) => document.getElementById("prompt").value === prompt && !location.hash,
    request.prompt,
  );
}

/** Fills in an example and waits until it is priced. */
export async function useExample(page, name) {
  await openLink(page, EXAMPLES[name]);
  await waitForPrice(page);
}

/** Waits until what the form holds is priced. */
export async function waitForPrice(page) {
  await page.getByRole("button", { name: /^Generate (\d )?for/ }).waitFor();
  // The price of the previous request is gone after the pause in typing and the turns that compute the next one. In the
  // page's own time: a busy machine is slow there, too.
  await page.evaluate(async () => {
    for (const ms of [150, 0, 0, 0, 0]) await new Promise((resolve) => setTimeout(resolve, ms));
  });
}

/** The button that generates, without its hint at the keys. */
export const submitText = (page) =>
  page.locator("#submit").evaluate((button) => button.firstChild.textContent);

/** The jobs in the video strip. */
export const videos = (page) => page.locator(".video-card");
export const videoOf = (page, id) => page.locator(`.video-card[data-job-id="${id}"]`);

/** Submits, and returns the new job as the stage shows it. */
export async function generate(page) {
  const before = await videos(page).count();
  await page.locator("#submit").click();
  await videos(page).nth(before).waitFor();
  const id = await videos(page).first().getAttribute("data-job-id");
  const card = page.locator(`.job[data-job-id="${id}"]`);
  await card.waitFor();
  return card;
}

/** Shows a job on the stage. */
export async function select(page, id) {
  await videoOf(page, id).getByRole("button").click();
  return page.locator(`.job[data-job-id="${id}"]`);
}

export const idOf = (card) => card.getAttribute("data-job-id");

/** Waits for the state of a job on the stage, or in the video strip. */
export const waitForState = (shown, state) =>
  shown.and(shown.page().locator(`[data-state=${state}]`)).waitFor();

/** Waits until the provider has accepted the job: a page that goes before that does not know whether it has. */
export async function waitForAccepted(card) {
  const accepted = card.locator(".state").filter({ hasText: /^(Queued|Generating)/ });
  await accepted.or(card.and(card.page().locator("[data-state=completed]"))).waitFor();
}

/** Opens the menu of what else can be done with a job, and chooses one. */
export async function chooseMore(card, name) {
  await card.locator(".menu > summary").click();
  await card.getByRole("button", { name }).click();
}

/** The page is not looked at: its messages wait. */
export const hide = (page, isHidden = true) =>
  page.evaluate((hidden) => Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true }), isHidden);

/** Deletes a job at once: the message that could bring it back is dismissed, unless its time is over before that. */
export async function deleteJob(card) {
  const page = card.page();
  const id = await idOf(card);
  await chooseMore(card, "Delete");
  await videoOf(page, id).waitFor({ state: "detached" });
  const over = page.locator(".toast-place:empty").waitFor({ state: "attached" });
  await Promise.race([page.getByRole("button", { name: "Dismiss" }).click(), over]);
  await over;
}

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
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 1.5, 100)) {
    const found = await find();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
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
