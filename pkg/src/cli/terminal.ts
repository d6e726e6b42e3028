// Data goes to stdout, everything else to stderr. Each stream has colors only if it is a terminal that wants them.
import pc from "picocolors";
import truncatedWidth from "fast-string-truncated-width";
import { EXIT } from "./exit-codes.js";
import type { SecretMask } from "../util/mask-secrets.js";

export type Colors = ReturnType<typeof pc.createColors>;

/** https://no-color.org and https://force-color.org: `NO_COLOR` wins. */
function wantsColors(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return stream.isTTY === true && TERM !== "dumb";
}

const DEFAULT_COLUMNS = 80;

export class Terminal {
  readonly out: Colors = pc.createColors(wantsColors(process.stdout));
  readonly err: Colors = pc.createColors(wantsColors(process.stderr));
  /** Removes keys from all that is written, if there are any. */
  mask: SecretMask | undefined;
  /** The exit code of a success whose data could not be written. */
  lostCode: number = EXIT.internal;
  /** Why data could not be written: the first reason. */
  #failure: NodeJS.ErrnoException | undefined;

  constructor() {
    // A job is tracked to its end, and its video downloaded, also without a terminal and on a full disk.
    process.stderr.on("error", () => {});
    process.stdout.on("error", this.#onLost);
    // Everything is written by then, or never is.
    process.once("exit", (code) => {
      if (code !== EXIT.ok || !this.#failure) return;
      process.exitCode = this.lostCode;
      this.note(this.err.red(`stdout cannot be written (${this.#failure.code}).`));
    });
  }

  /** Whether there is a person to ask: questions are written to stderr. */
  get isInteractive(): boolean {
    return process.stdin.isTTY === true && process.stderr.isTTY === true;
  }

  /** Whether a line on stderr can be replaced by a newer one. */
  get canRedraw(): boolean {
    return process.stderr.isTTY === true && process.env["TERM"] !== "dumb";
  }

  get columns(): number {
    return process.stderr.columns || DEFAULT_COLUMNS;
  }

  /** Writes data. */
  print(text: string): void {
    attempt(() => process.stdout.write(`${this.#masked(text)}\n`), this.#onLost);
  }

  /** Writes data as one line of JSON. */
  json(value: unknown): void {
    this.print(JSON.stringify(value));
  }

  /** Writes a message for a person. */
  note(text: string): void {
    attempt(() => process.stderr.write(`${harmless(this.#masked(text))}\n`), () => {});
  }

  /** Writes rows: aligned and cut to the width of a terminal, separated by tabs for another program. */
  table(head: string[], rows: string[][]): void {
    if (!process.stdout.isTTY) {
      for (const row of rows) this.print(row.map((cell) => cell.replace(/\s+/g, " ")).join("\t"));
      return;
    }
    const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => widthOf(row[at] ?? ""))));
    const columns = process.stdout.columns || DEFAULT_COLUMNS;
    const line = (row: string[]) =>
      cut(row.map((cell, at) => (at === row.length - 1 ? cell : padded(cell, widths[at] ?? 0))).join("  "), columns);
    this.print(this.out.dim(line(head)));
    for (const row of rows) this.print(harmless(line(row)));
  }

  readonly #onLost = (error: NodeJS.ErrnoException): void => {
    // A reader such as `head` has seen enough.
    if (error.code !== "EPIPE") this.#failure ??= error;
  };

  #masked(text: string): string {
    return this.mask ? this.mask.text(text) : text;
  }
}

/** Writes. Streams of files throw, others tell their listeners. */
function attempt(write: () => void, onError: (error: NodeJS.ErrnoException) => void): void {
  try {
    write();
  } catch (error) {
    onError(error as NodeJS.ErrnoException);
  }
}

/** Without control characters, except line breaks, tabs and colors: a provider's words may hold any. */
const harmless = (text: string): string => text.replace(/\x1b(?!\[[\d;]*m)|[\0-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]/g, "");

const widthOf = (text: string): number => truncatedWidth(text).width;
const padded = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - widthOf(text)));

/** The text in at most so many columns. */
export function cut(text: string, columns: number): string {
  const { index, truncated } = truncatedWidth(text, { limit: columns, ellipsis: "…", ellipsisWidth: 1 });
  return truncated ? `${text.slice(0, index)}…` : text;
}
