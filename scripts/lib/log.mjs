// The output of the scripts: one line per step, with its expected duration.

const faint = (text) => (process.stdout.isTTY ? `\x1b[2m${text}\x1b[0m` : text);
const bold = (text) => (process.stdout.isTTY ? `\x1b[1m${text}\x1b[0m` : text);

/** The steps so far, as `{ what, howLong, since }`. */
export const steps = [];

export function step(what, howLong) {
  steps.push({ what, howLong, since: performance.now() });
  console.log(`${bold(`▸ ${what}`)}${howLong ? faint(` (${howLong})`) : ""}`);
}

export function note(text) {
  console.log(faint(`  ${text}`));
}

export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
