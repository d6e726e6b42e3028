// The files that videos are downloaded to.
import { existsSync, statSync } from "node:fs";
import { join, parse } from "node:path";
import { CliError } from "./errors.js";

export const STDOUT = "-";

/** What a file's name depends on. */
export interface OutputOptions {
  /** A file, a folder, `-` for stdout, or undefined for a name of the job in the current folder. */
  output?: string | undefined;
  /** The job's id. */
  id: string;
  /** Distinguishes the jobs of one call. */
  suffix?: string | undefined;
  /** The format of the video. */
  format?: string | undefined;
}

const SHORT_ID_LENGTH = 8;
export const shortId = (id: string): string => id.slice(0, SHORT_ID_LENGTH);

const isFolder = (path: string): boolean => /[\\/]$/.test(path) || (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);

/** The file of a job's video, of which there are `count`. */
export function outputFile({ output, id, suffix, format = "mp4" }: OutputOptions, at: number, count: number): string {
  const name = `filmgate-${shortId(id)}.${format}`;
  const whole = output === undefined ? name : isFolder(output) ? join(output, name) : output;
  const { dir, name: stem, ext } = parse(whole);
  const ends = [...(suffix && output !== undefined ? [suffix] : []), ...(count > 1 ? [String(at + 1)] : [])];
  return join(dir, [stem, ...ends].join("-") + (ext || `.${format}`));
}

/** Throws if a file exists: it is checked before anything is paid. */
export function assertFree(files: readonly string[], force: boolean | undefined): void {
  const found = force ? undefined : files.find((file) => existsSync(file));
  if (found !== undefined) throw new CliError(`The file ${found} exists. Pass another name with --output, or --force to replace it.`);
}

/** Throws if a number of videos cannot be written to stdout. */
export function assertStdout(count: number, json: boolean | undefined): void {
  if (count > 1) throw new CliError("Only one video can be written to stdout. Pass a file with --output.");
  if (json) throw new CliError("Both --json and the video would be written to stdout. Pass a file with --output.");
  if (!process.stdout.isTTY) return;
  throw new CliError("The video would be written to the terminal. Redirect stdout, or pass a file with --output.");
}
