// The gallery with many videos, each of them generated, kept and shown with its own poster.

const TIMEOUT_MS = 300_000;
/** Pixels a second, as a finger flicks. */
const SPEED = 1_200;

/** Generates `count` videos on the providers that are simulated in the page, and opens the gallery after a reload. */
export async function fillGallery(launched, origin, count) {
  const context = await launched.newContext();
  context.setDefaultTimeout(TIMEOUT_MS);
  const page = await context.newPage();
  await page.goto(origin);
  const all = (made) => page.getByRole("button", { name: `All (${made})`, exact: true });
  for (let made = 1; made <= count; made += 1) {
    await page.locator("#prompt").fill(`A fox in the snow, take ${made}`);
    await page.getByRole("button", { name: /^Generate for/ }).click();
    await (made === 1 ? page.locator(".video-card") : all(made)).waitFor();
  }
  await all(count).click();
  await page.locator(".gallery .card-kept").nth(count - 1).waitFor();
  await page.reload();
  await all(count).click();
  await page.getByText(`${count} videos.`).waitFor();
  return page;
}

/** Scrolls to the end and back as a gesture. Returns the milliseconds between the frames, and those of as many at rest. */
export async function scroll(page) {
  const session = await page.context().newCDPSession(page);
  const grid = page.locator(".gallery .grid");
  const { x, y, width, height } = await grid.boundingBox();
  const distance = await grid.evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight);
  const rest = await frames(page, () => new Promise((resolve) => setTimeout(resolve, 1_000)));
  const gesture = (yDistance) =>
    session.send("Input.synthesizeScrollGesture", { x: x + width / 2, y: y + height / 2, yDistance, speed: SPEED });
  const scrolling = await frames(page, async () => {
    await gesture(-distance);
    await gesture(distance);
  });
  await session.detach();
  return { distance, rest, scrolling };
}

async function frames(page, work) {
  const recorder = await page.evaluateHandle(() => {
    const recorded = { times: [], isOver: false };
    const tick = (time) => {
      if (recorded.isOver) return;
      recorded.times.push(time);
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    return recorded;
  });
  await work();
  const times = await recorder.evaluate((recorded) => {
    recorded.isOver = true;
    return recorded.times;
  });
  return times.slice(1).map((time, index) => time - times[index]);
}

/** `pageBytes`: what the page takes, as the browser tells pages; `heapBytes`: its JavaScript, after garbage collection. */
export async function memoryOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize: heapBytes } = await session.send("Runtime.getHeapUsage");
  const pageBytes = await page.evaluate(async () => (await performance.measureUserAgentSpecificMemory()).bytes);
  return { pageBytes, heapBytes };
}
