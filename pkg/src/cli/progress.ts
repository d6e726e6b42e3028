// The progress of jobs on stderr: a bar for each job on a terminal, and a line for each change elsewhere.
import type { createLogUpdate } from "log-update";
import { cut, type Terminal } from "./terminal.js";
import type { JobUpdate } from "../types/index.js";

/** What is known of a job. */
export interface JobState extends Pick<JobUpdate, "progress" | "etaMs"> {
  /** A word for people, such as `running`. */
  status: string;
}

/** Shows the states of jobs, each by its label. */
export interface Progress {
  show(label: string, state: JobState): void;
  /** Writes a message above the jobs. */
  say(text: string): void;
  /** The job has ended, with this message. */
  end(label: string, text: string): void;
  /** Ends the display. What is written next begins on a line of its own. */
  close(): void;
}

export async function createProgress(terminal: Terminal): Promise<Progress> {
  if (!terminal.canRedraw) return new Lines(terminal);
  const { createLogUpdate } = await import("log-update");
  return new Bars(terminal, createLogUpdate(process.stderr, { showCursor: true }));
}

const REDRAW_INTERVAL_MS = 200;
/** A bar is full only when its job has ended. */
const MAX_FRACTION = 0.99;

interface Bar extends JobState {
  startedAt: number;
  changedAt: number;
}

class Bars implements Progress {
  readonly #terminal: Terminal;
  readonly #bars = new Map<string, Bar>();
  readonly #draw: ReturnType<typeof createLogUpdate>;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(terminal: Terminal, draw: ReturnType<typeof createLogUpdate>) {
    this.#terminal = terminal;
    this.#draw = draw;
  }

  show(label: string, state: JobState): void {
    const now = Date.now();
    this.#bars.set(label, { ...state, startedAt: this.#bars.get(label)?.startedAt ?? now, changedAt: now });
    this.#timer ??= setInterval(() => this.#redraw(), REDRAW_INTERVAL_MS).unref();
    this.#redraw();
  }

  say(text: string): void {
    this.#draw.clear();
    this.#terminal.note(text);
    this.#redraw();
  }

  end(label: string, text: string): void {
    this.#bars.delete(label);
    this.say(text);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#draw.clear();
    this.#draw.done();
  }

  #redraw(): void {
    const now = Date.now();
    const width = this.#terminal.columns - 1;
    const widest = Math.max(0, ...[...this.#bars.keys()].map((label) => label.length));
    const lines = [...this.#bars].map(([label, bar]) =>
      barLine(label.padEnd(widest), bar, { now, width }, this.#terminal.err.cyan));
    if (lines.length > 0) this.#draw(lines.join("\n"));
  }
}

const BAR_WIDTHS = [24, 12, 6];

/** The longest form of the line that fits. */
function barLine(
  label: string,
  { status, progress, etaMs, startedAt, changedAt }: Bar,
  { now, width }: { now: number; width: number },
  color: (text: string) => string,
): string {
  const endsAt = etaMs === undefined ? undefined : changedAt + etaMs;
  const leftMs = endsAt === undefined ? undefined : Math.max(0, endsAt - now);
  const elapsedMs = now - startedAt;
  const byTime = leftMs === undefined ? 0 : elapsedMs / Math.max(1, elapsedMs + leftMs);
  const fraction = Math.min(MAX_FRACTION, Math.max(progress ?? 0, byTime));
  const percent = `${String(Math.floor(fraction * 100)).padStart(2)} %`;
  const left = leftMs === undefined ? undefined : `${clock(leftMs)} left`;
  const end = endsAt === undefined ? undefined : `ends ${timeOfDay(Math.max(endsAt, now))}`;
  const forms = [
    ...BAR_WIDTHS.map((columns) => [label, bar(fraction, columns), percent, status, left, end]),
    [label, bar(fraction, 6), percent, status, left],
    [label, percent, status, left],
    [label, percent],
    [cut(label, Math.max(1, width - percent.length - 2)), percent],
  ].map((parts) => parts.filter(Boolean).join("  "));
  const line = forms.find((form) => form.length <= width) ?? percent;
  return line.replace(/[█░]+/, (found) => color(found));
}

function bar(fraction: number, columns: number): string {
  const full = Math.round(fraction * columns);
  return "█".repeat(full) + "░".repeat(columns - full);
}

/** `1:05`. */
export function clock(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

const timeOfDay = (ms: number): string => new Date(ms).toTimeString().slice(0, 8);

class Lines implements Progress {
  readonly #terminal: Terminal;
  readonly #last = new Map<string, string>();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(label: string, { status, etaMs }: JobState): void {
    if (this.#last.get(label) === status) return;
    this.#last.set(label, status);
    this.#terminal.note(`${label}: ${status}${etaMs === undefined ? "" : `, about ${clock(etaMs)} left`}`);
  }

  say(text: string): void {
    this.#terminal.note(text);
  }

  end(_: string, text: string): void {
    this.say(text);
  }

  close(): void {}
}
