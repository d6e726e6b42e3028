// The ways to terminate pages. Each opens a browser for the test and returns `page()`, a new page;
// `perBrowser(create)`, which creates a value once per browser; and `terminate()`, which ends every page.
// The profile stays on the disk.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { prepared } from "../browser.mjs";
import { BROWSER } from "../chromium.mjs";

export const KILLED = "the browser is killed (SIGKILL)";

export const TERMINATIONS = {
  "its renderer crashes": (t) => browserWith(t, crashAll),
  "it is closed without unload handlers": (t) => browserWith(t, closeAll),
  [KILLED]: (t) => browserWith(t, kill),
};

async function browserWith(t, terminate) {
  const profile = mkdtempSync(join(tmpdir(), "filmgate-profile-"));
  // Each page has its own process, so that a hanging one does not block the others.
  const args = [...BROWSER.args, "--renderer-process-limit=100"];
  const launch = async () => {
    return prepared(await chromium.launchPersistentContext(profile, { ...BROWSER, args }));
  };
  let context = await launch();
  t.after(async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  });
  const tabs = [];
  let generation = 1;
  return {
    async page() {
      const page = await context.newPage();
      // Opened now: a page that hangs later accepts no session.
      tabs.push({ page, session: await context.newCDPSession(page) });
      return page;
    },
    perBrowser(create) {
      const created = new Map();
      return () => {
        if (!created.has(generation)) created.set(generation, create());
        return created.get(generation);
      };
    },
    async terminate() {
      generation += 1;
      context = (await terminate({ context, tabs })) ? context : await launch();
    },
  };
}

// Each returns whether the browser still runs.

async function crashAll({ tabs }) {
  await Promise.all(tabs.map(crash));
  return true;
}

async function crash({ page, session }) {
  const crashed = page.waitForEvent("crash");
  session.send("Page.crash").catch(() => {}); // A crashed page does not respond.
  await crashed;
}

async function closeAll({ tabs }) {
  await Promise.all(tabs.map(({ page }) => page.close()));
  return true;
}

async function kill({ context }) {
  const closed = new Promise((resolve) => context.once("close", resolve));
  const session = await context.browser().newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  process.kill(processInfo.find(({ type }) => type === "browser").id, "SIGKILL");
  await closed;
  return false;
}
