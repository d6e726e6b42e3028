// The files that videos are downloaded to.
import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, join, parse } from "node:path";
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

function isFolder(path: string): boolean {
  if (/[\\/]$/.test(path)) return true;
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** The file of a job's video, of which there are `count`. */
export function outputFile({ output, id, suffix, format = "mp4" }: OutputOptions, at: number, count: number): string {
  const name = `filmgate-${shortId(id)}.${format}`;
  const whole = output === undefined ? name : isFolder(output) ? join(output, name) : output;
  const { dir, name: stem, ext } = parse(whole);
  const ends = [...(suffix && output !== undefined ? [suffix] : []), ...(count > 1 ? [String(at + 1)] : [])];
  return join(dir, [stem, ...ends].join("-") + (ext || `.${format}`));
}

/** Throws if a file exists, or its folder cannot be written: it is checked before anything is paid. */
export function assertWritable(files: readonly string[], force: boolean | undefined): void {
  const found = force ? undefined : files.find((file) => existsSync(file));
  if (found !== undefined) throw new CliError(`The file ${found} exists. Pass another name with --output, or --force to replace it.`);
  for (const folder of new Set(files.map((file) => dirname(file)))) makeWritable(folder);
}

/** Creates a folder for videos. */
export function makeWritable(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code;
    throw new CliError(`The folder ${folder} cannot be written (${why}). Pass another one with --output.`);
  }
}

/** Throws if a number of videos cannot be written to stdout. */
export function assertStdout(count: number, json: boolean | undefined): void {
  if (count > 1) throw new CliError("Only one video can be written to stdout. Pass a file with --output.");
  if (json) throw new CliError("Both --json and the video would be written to stdout. Pass a file with --output.");
  if (!process.stdout.isTTY) return;
  throw new CliError("The video would be written to the terminal. Redirect stdout, or pass a file with --output.");
}

/** What the command that continues depends on besides. */
interface ResumeOptions {
  store?: string | undefined;
  force?: boolean | undefined;
  /** The provider's id of the job, if the store lacks it. */
  jobId?: string | undefined;
}

/** The command that continues with a job and its file. */
export function resumeCommand(output: OutputOptions, { store, force, jobId }: ResumeOptions): string {
  const given = output.output;
  const file = given === undefined || given === STDOUT ? given : outputFile(output, 0, 1);
  return [
    `filmgate resume ${shortId(output.id)}`,
    ...(file === undefined ? [] : [`--output ${quoted(file)}`]),
    ...(force ? ["--force"] : []),
    ...(store === undefined ? [] : [`--store ${quoted(store)}`]),
    ...(jobId === undefined ? [] : [`--job-id ${quoted(jobId)}`]),
  ].join(" ");
}

const quoted = (text: string): string => (/^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
