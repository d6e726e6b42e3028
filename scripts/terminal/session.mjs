// A terminal session as an animated SVG. The commands are real processes in a pseudo-terminal, on simulated providers; only
// the prompt and the typing are drawn.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure, root } from "../lib/run.mjs";
import { svgOf } from "./svg.mjs";

const PSEUDO_TERMINAL = join(root, "tests", "cli", "pseudo_terminal.py");
const SIZE = { columns: 100, rows: 14 };

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
async function play(screen, { folder, jobMs }, line, input = []) {
  await screen.write("\x1b[1;32m$\x1b[0m ");
  for (let at = 0; at < line.length; at += TYPED_AT_ONCE) {
    await screen.write(line.slice(at, at + TYPED_AT_ONCE));
    screen.take(SHOWN_MS.typed);
  }
  screen.hold(SHOWN_MS.entered);
  await screen.write("\r\n");
  const { frames, text } = await run({ folder, jobMs }, line, input);
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

async function run({ folder, jobMs }, line, input) {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  const program = join(bin, "filmgate");
  rmSync(program, { force: true });
  symlinkSync(join(root, "pkg", "dist", "cli", "filmgate.js"), program);
  const work = { command: ["sh", "-c", `exec ${line}`], ...SIZE, input };
  const { PATH, HOME } = process.env;
  const env = { PATH: `${bin}:${PATH}`, HOME, TERM: "xterm-256color", FILMGATE_STORE: join(folder, "store"), FILMGATE_SIMULATED_JOB_MS: String(jobMs) };
  const child = spawn("python3", [PSEUDO_TERMINAL, JSON.stringify(work)], { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] });
  const frames = [];
  for await (const one of createInterface({ input: child.stdout })) frames.push(JSON.parse(one));
  frames.pop();
  return { frames, text: frames.map(([, , data]) => data).join("") };
}

/**
 * A quote, a video that Ctrl-C leaves alone `interruptAfterS` seconds after its expected end is shown, and its resumption. A job
 * takes `jobMs`. Returns `{ svg, frames }`.
 */
export async function recordSession({ jobMs, interruptAfterS }) {
  const { default: xterm } = await import("@xterm/headless");
  const folder = mkdtempSync(join(tmpdir(), "filmgate-terminal-"));
  try {
    const screen = new Screen(new xterm.Terminal({ cols: SIZE.columns, rows: SIZE.rows, allowProposedApi: true, convertEol: false }));
    const request = `"A lighthouse in the rain" -m wan-2.6 -d 5 -r 720p`;
    const session = { folder, jobMs };
    await play(screen, session, `filmgate quote ${request}`);
    const interrupt = [{ after: "ends", delay: interruptAfterS, send: "\x03" }];
    const output = await play(screen, session, `filmgate generate ${request} --simulate -o lighthouse.mp4`, interrupt);
    const [, resume] = /Resume it with: (filmgate resume .*?)\r?\n/.exec(output) ?? [];
    if (!resume) throw new Failure(`The session was not interrupted:\n${output}`);
    await play(screen, session, "filmgate jobs");
    await play(screen, session, resume.trim());
    screen.hold(SHOWN_MS.end);
    return { svg: svgOf(screen.frames, SIZE), frames: screen.frames.length };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
