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
  for (let made = 0; made < count; made += 1) {
    await page.locator("#prompt").fill(`A fox in the snow, take ${made + 1}`);
    await page.getByRole("button", { name: /^Generate for/ }).click();
    await page.locator(".film").nth(made).waitFor();
  }
  await page.locator(".film-kept").nth(count - 1).waitFor();
  await page.reload();
  await page.getByRole("button", { name: `All (${count})` }).click();
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
  await page.evaluate(() => {
    window.times = [];
    const tick = (time) => {
      window.times?.push(time);
      if (window.times) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  await work();
  const times = await page.evaluate(() => {
    const { times } = window;
    window.times = undefined;
    return times;
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
