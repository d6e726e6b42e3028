// How Chromium is started, wherever something is tried in it.

export const BROWSER = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
};

/** Longer than a simulated run, and than a first start of the browser on a busy machine. */
export const PATIENCE = 40_000;
