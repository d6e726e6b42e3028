// How every test starts Chromium.

export const BROWSER = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
};

/** Longer than a simulated job and than a cold start of the browser on a busy machine. */
export const TIMEOUT_MS = 120_000;
