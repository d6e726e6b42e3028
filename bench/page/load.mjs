// One cold load in a profile of its own, and the first video after one.

const TIMEOUT_MS = 60_000;

async function openThrottled(launched, { network, cpuSlowdown }) {
  const context = await launched.newContext();
  context.setDefaultTimeout(TIMEOUT_MS);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", network);
  if (cpuSlowdown) await session.send("Emulation.setCPUThrottlingRate", { rate: cpuSlowdown });
  return { context, page, session };
}

/**
 * `usableMs`: from the navigation to the frame that shows the form. `requests` and `bytes`: what had begun by then, and what of it
 * had arrived, headers included. `shift`: the layout shift until nothing loads any more. `blockingMs`: how much of the tasks
 * since the first paint was beyond 50 ms each, until then.
 */
export async function coldLoad(launched, origin, throttle) {
  const { context, page, session } = await openThrottled(launched, throttle);
  const traffic = watchTraffic(session);
  await page.addInitScript(record);
  const priced = page.waitForEvent("console", { predicate: (message) => message.text() === "priced" });
  await page.goto(origin);
  await priced;
  await page.waitForLoadState("networkidle");
  const { usableMs, paintMs, tasks, shift } = await page.evaluate(() => window.recorded);
  await context.close();
  const blockingMs = tasks
    .filter(({ startTime }) => startTime >= paintMs)
    .reduce((sum, { duration }) => sum + Math.max(0, duration - 50), 0);
  return { usableMs, paintMs, ...traffic.until(usableMs), shift, blockingMs };
}

/**
 * Runs in the page, before anything of it. It tells by the console when the form has its price: whatever else waits for that
 * runs a script of its own in the page, which would count.
 */
function record() {
  const recorded = { usableMs: undefined, paintMs: undefined, tasks: [], shift: 0 };
  window.recorded = recorded;
  const observe = (type, take) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  observe("longtask", ({ startTime, duration }) => recorded.tasks.push({ startTime, duration }));
  observe("layout-shift", ({ value, hadRecentInput }) => (recorded.shift += hadRecentInput ? 0 : value));
  observe("paint", ({ name, startTime }) => {
    if (name === "first-contentful-paint") recorded.paintMs = startTime;
  });
  const once = (attribute, isReached, reached) =>
    new MutationObserver((_, observer) => {
      if (!isReached()) return;
      observer.disconnect();
      reached();
    }).observe(document, { subtree: true, attributeFilter: [attribute] });
  const isReady = () => "ready" in document.documentElement.dataset;
  once("data-ready", isReady, () => requestAnimationFrame(() => (recorded.usableMs = performance.now())));
  once("data-loading", () => document.querySelector("#submit:not([data-loading])"), () => console.info("priced"));
}

function watchTraffic(session) {
  const started = new Map();
  const arrived = [];
  let since;
  session.on("Network.requestWillBeSent", ({ requestId, timestamp }) => {
    since ??= timestamp;
    started.set(requestId, timestamp);
  });
  session.on("Network.responseReceived", ({ timestamp, response }) => {
    arrived.push({ timestamp, bytes: response.encodedDataLength });
  });
  session.on("Network.dataReceived", ({ timestamp, encodedDataLength: bytes }) => arrived.push({ timestamp, bytes }));
  return {
    until(ms) {
      const isBefore = (timestamp) => timestamp - since <= ms / 1_000;
      const before = arrived.filter(({ timestamp }) => isBefore(timestamp));
      return {
        requests: [...started.values()].filter(isBefore).length,
        bytes: before.reduce((sum, { bytes }) => sum + bytes, 0),
      };
    },
  };
}

/** Milliseconds from the navigation until the video of the first example plays. Nothing but the form is waited for. */
export async function firstVideo(launched, origin, throttle) {
  const { context, page } = await openThrottled(launched, throttle);
  const start = performance.now();
  await page.goto(origin);
  await page.getByRole("button", { name: /^Lighthouse/ }).click();
  await page.getByRole("button", { name: /^Generate for/ }).click();
  await page.waitForFunction(() => document.querySelector(".job video")?.currentTime > 0);
  const ms = performance.now() - start;
  await context.close();
  return ms;
}
