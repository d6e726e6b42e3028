// The ways in which pages die. Each opens a browser with the test, and gives `page()`, a new page;
// `untilEnd(make)`, what was made once in this life; and `end()`, which ends every page there is.
// Their profile stays, on the disk.
import { mkdtempSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { BROWSER, TIMEOUT_MS } from "../chromium.mjs";

export const KILLED = "the browser is killed (SIGKILL)";

export const TERMINATIONS = {
  "its renderer crashes": (t) => living(t, crashAll),
  "it is closed without unload handlers": (t) => living(t, closeAll),
  [KILLED]: (t) => living(t, kill),
};

async function living(t, end) {
  const profile = mkdtempSync(join(tmpdir(), "filmgate-profile-"));
  // Each page has a process of its own: one that is frozen holds up no other.
  const args = [...BROWSER.args, "--renderer-process-limit=100"];
  const launch = async () => {
    const context = await chromium.launchPersistentContext(profile, { ...BROWSER, args });
    context.setDefaultTimeout(TIMEOUT_MS);
    return context;
  };
  let context = await launch();
  t.after(async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  });
  const tabs = [];
  let lives = 1;
  return {
    async page() {
      const page = await context.newPage();
      // Made now, since a page that is frozen later lets nobody in.
      tabs.push({ page, session: await context.newCDPSession(page) });
      return page;
    },
    untilEnd(make) {
      const made = new Map();
      return () => made.get(lives) ?? made.set(lives, make()).get(lives);
    },
    async end() {
      lives += 1;
      context = (await end({ context, profile, tabs })) ? context : await launch();
    },
  };
}

// Each says whether the browser goes on.

async function crashAll({ tabs }) {
  await Promise.all(tabs.map(crash));
  return true;
}

async function crash({ page, session }) {
  const crashed = page.waitForEvent("crash");
  session.send("Page.crash").catch(() => {}); // There is nobody left to answer.
  await crashed;
}

async function closeAll({ tabs }) {
  await Promise.all(tabs.map(({ page }) => page.close()));
  return true;
}

async function kill({ context, profile }) {
  const closed = new Promise((resolve) => context.once("close", resolve));
  // The lock of the profile names the process that holds it.
  const pid = Number(readlinkSync(join(profile, "SingletonLock")).split("-").pop());
  process.kill(pid, "SIGKILL");
  await closed;
  return false;
}
