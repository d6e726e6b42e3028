// Records the terminal session of the README: `npm run screencast:terminal` writes docs/terminal.svg. The commands are
// real processes in a pseudo-terminal, on simulated providers; only the prompt and the typing are drawn.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "../build.mjs";
import { note, step } from "../lib/log.mjs";
import { Failure, main, root } from "../lib/run.mjs";
import { npmPackages } from "../lib/tools.mjs";
import { setUpBuild } from "../setup.mjs";
import { svgOf } from "./svg.mjs";

const OUTPUT = join(root, "docs", "terminal.svg");
const PSEUDO_TERMINAL = join(root, "tests", "cli", "pseudo_terminal.py");
const SIZE = { columns: 100, rows: 14 };
const MAX_BYTES = 200_000;
/** As long as a real job, so that the expected ends are real, too. The animation is faster. */
const JOB_MS = 40_000;

/** While a job runs, one frame for so much time, shown shorter. */
const SAMPLE_MS = 1_500;
const SHOWN_MS = { sample: 220, typed: 60, entered: 350, done: 1_800, end: 4_000 };
const TYPED_AT_ONCE = 4;

/** What the terminal shows, as frames: lines of cells, and how long each is shown. */
class Screen {
  frames = [];
  #terminal;

  constructor(terminal) {
    this.#terminal = terminal;
  }

  write(text) {
    return new Promise((resolve) => this.#terminal.write(text, resolve));
  }

  take(shownMs) {
    const { buffer, rows } = this.#terminal;
    const { active } = buffer;
    const lines = Array.from({ length: rows }, (_, row) => cellsOf(active.getLine(active.baseY + row)));
    this.frames.push({ lines, shownMs });
  }

  hold(shownMs) {
    this.frames.at(-1).shownMs = shownMs;
  }
}

function cellsOf(line) {
  const cells = [];
  for (let at = 0; at < SIZE.columns; at += 1) {
    const cell = line.getCell(at);
    cells.push({ text: cell.getChars() || " ", color: cell.isFgPalette() ? cell.getFgColor() : undefined, isDim: cell.isDim() !== 0 });
  }
  return cells;
}

/** Types the command and runs it; returns its output. */
async function play(screen, folder, line, input = []) {
  await screen.write("\x1b[1;32m$\x1b[0m ");
  for (let at = 0; at < line.length; at += TYPED_AT_ONCE) {
    await screen.write(line.slice(at, at + TYPED_AT_ONCE));
    screen.take(SHOWN_MS.typed);
  }
  screen.hold(SHOWN_MS.entered);
  await screen.write("\r\n");
  const { frames, text } = await run(folder, line, input);
  let takenAt = 0;
  for (const [seconds, , data] of frames) {
    if (seconds * 1000 - takenAt >= SAMPLE_MS) {
      screen.take(SHOWN_MS.sample);
      takenAt = seconds * 1000;
    }
    await screen.write(data);
  }
  screen.take(SHOWN_MS.done);
  return text;
}

async function run(folder, line, input) {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  const program = join(bin, "filmgate");
  rmSync(program, { force: true });
  symlinkSync(join(root, "pkg", "dist", "cli", "filmgate.js"), program);
  const work = { command: ["sh", "-c", `exec ${line}`], ...SIZE, input };
  const { PATH, HOME } = process.env;
  const env = { PATH: `${bin}:${PATH}`, HOME, TERM: "xterm-256color", FILMGATE_STORE: join(folder, "store"), FILMGATE_SIMULATED_JOB_MS: String(JOB_MS) };
  const child = spawn("python3", [PSEUDO_TERMINAL, JSON.stringify(work)], { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] });
  const frames = [];
  for await (const one of createInterface({ input: child.stdout })) frames.push(JSON.parse(one));
  frames.pop();
  return { frames, text: frames.map(([, , data]) => data).join("") };
}

await main(async () => {
  await build(await setUpBuild());
  await npmPackages("scripts/terminal");
  const { default: xterm } = await import("@xterm/headless");
  const folder = mkdtempSync(join(tmpdir(), "filmgate-terminal-"));
  try {
    step("Recording the session", "a minute");
    const screen = new Screen(new xterm.Terminal({ cols: SIZE.columns, rows: SIZE.rows, allowProposedApi: true, convertEol: false }));
    const request = `"A lighthouse in the rain" -m wan-2.6 -d 5 -r 720p`;
    await play(screen, folder, `filmgate quote ${request}`);
    const interrupt = [{ after: "ends", delay: 12, send: "\x03" }];
    const output = await play(screen, folder, `filmgate generate ${request} --simulate -o lighthouse.mp4`, interrupt);
    const [, resume] = /Resume it with: (filmgate resume .*?)\r?\n/.exec(output) ?? [];
    if (!resume) throw new Failure(`The session was not interrupted:\n${output}`);
    await play(screen, folder, "filmgate jobs");
    await play(screen, folder, resume.trim());
    screen.hold(SHOWN_MS.end);
    const svg = svgOf(screen.frames, SIZE);
    if (svg.length > MAX_BYTES) throw new Failure(`${OUTPUT} has ${svg.length} bytes; at most ${MAX_BYTES} are allowed.`);
    writeFileSync(OUTPUT, svg);
    note(`docs/terminal.svg: ${screen.frames.length} frames, ${svg.length} bytes`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
