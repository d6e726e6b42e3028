// The request of a command line: common fields have an option, `--set` sets any field, `--request` reads them all.
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { InvalidArgumentError, type Command } from "commander";
import { CliError } from "./errors.js";
import type { ImageInput, Json, VideoRequest } from "../types/index.js";

/** The options of a request. */
export interface RequestOptions {
  model?: string;
  negativePrompt?: string;
  image?: string;
  lastFrameImage?: string;
  referenceImage?: string[];
  video?: string;
  audio?: string;
  duration?: number;
  resolution?: string;
  size?: string;
  aspectRatio?: string;
  fps?: number;
  seed?: number;
  n?: number;
  generateAudio?: boolean;
  set?: Record<string, Json>;
  request?: string;
}

const STDIN = "-";

/** Adds the prompt and the options of a request. */
export function withRequest(command: Command): Command {
  return command
    .argument("[prompt]", "what the video shows; - reads it from stdin")
    .option("-m, --model <id>", "the model, such as wan-2.6: `filmgate models` lists them")
    .option("-d, --duration <seconds>", "length in whole seconds", number)
    .option("-r, --resolution <tier>", "such as 720p")
    .option("--size <size>", "such as 1280x720, in place of a resolution")
    .option("--aspect-ratio <ratio>", "such as 16:9")
    .option("--image <file|url>", "the first frame")
    .option("--last-frame-image <file|url>", "the last frame")
    .option("--reference-image <file|url>", "an image of a subject; may be repeated", collect)
    .option("--video <url>", "a video to edit or extend")
    .option("--audio <url>", "speech or music that the video follows")
    .option("--negative-prompt <text>", "what the video must not show")
    .option("--generate-audio", "with audio, which often costs more")
    .option("--fps <number>", "frames per second", number)
    .option("--seed <number>", "for reproducible output", number)
    .option("-n, --n <number>", "number of videos; each is billed", number)
    .option("--set <field=value>", "any field of a request, with its value as JSON or text; may be repeated", setField)
    .option("--request <file>", "a request as JSON; - reads it from stdin");
}

/** The request. Files are read, and everything else is left to `validate`. */
export async function readRequest(prompt: string | undefined, options: RequestOptions): Promise<VideoRequest> {
  const { request: file, set, referenceImage, image, lastFrameImage, ...rest } = options;
  if (prompt === STDIN && file === STDIN) throw new CliError("Both the prompt and the request are read from stdin. Pass one of them otherwise.");
  const base = file === undefined ? {} : parseRequest(await readText(file), file);
  const fields = pick(rest);
  const given: VideoRequest = { ...base, ...fields, ...set };
  if (prompt !== undefined) given.prompt = prompt === STDIN ? (await text(process.stdin)).trim() : prompt;
  if (image !== undefined) given.image = await readImage(image);
  if (lastFrameImage !== undefined) given.lastFrameImage = await readImage(lastFrameImage);
  if (referenceImage) given.referenceImages = await Promise.all(referenceImage.map(readImage));
  if (Object.keys(given).length > 0) return given;
  throw new CliError('There is no request. Pass a prompt, such as: filmgate quote "A lighthouse in the rain" --duration 5');
}

const FIELDS = [
  "model", "negativePrompt", "video", "audio", "duration", "resolution", "size", "aspectRatio", "fps", "seed", "n",
  "generateAudio",
] as const;

/** The fields of a request among the options of a command. */
function pick(options: Omit<RequestOptions, "set">): VideoRequest {
  return Object.fromEntries(FIELDS.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
}

async function readText(file: string): Promise<string> {
  return file === STDIN ? text(process.stdin) : readFile(file, "utf8").catch(unreadable(file));
}

function parseRequest(json: string, file: string): VideoRequest {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new CliError(`${nameOf(file)} is not JSON. Write the request as one JSON object.`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as VideoRequest;
  throw new CliError(`${nameOf(file)} is not a JSON object. Write the request as one JSON object.`);
}

const nameOf = (file: string): string => (file === STDIN ? "stdin" : file);

/** A URL, a UUID or a data URI as it is; anything else is a file. */
export async function readImage(image: string): Promise<ImageInput> {
  if (/^[a-z][a-z0-9+.-]+:/i.test(image) || UUID.test(image)) return image;
  return new Uint8Array(await readFile(image).catch(unreadable(image)));
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const unreadable = (file: string) => (error: NodeJS.ErrnoException): never => {
  const why = error.code === "ENOENT" ? "does not exist" : `cannot be read (${error.code})`;
  throw new CliError(`The file ${file} ${why}. Check its name.`);
};

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It must be a number.");
  return value;
}

const collect = (value: string, before: string[] = []): string[] => [...before, value];

function setField(text: string, before: Record<string, Json> = {}): Record<string, Json> {
  const [, path, value = ""] = /^([A-Za-z][\w.]*)=(.*)$/s.exec(text) ?? [];
  if (path === undefined) throw new InvalidArgumentError("It must be a field and a value, such as loop=true.");
  if (path.split(".").includes("__proto__")) throw new InvalidArgumentError("There is no such field.");
  setPath(before, path, jsonOrText(value));
  return before;
}

/** Sets the field of a path, which may have dots. Throws if a field on its way has a value of its own. */
export function setPath(fields: Record<string, Json>, path: string, value: Json): void {
  const names = path.split(".");
  const last = names.pop()!;
  let at = fields;
  for (const name of names) {
    const inner = (at[name] ??= {});
    if (typeof inner !== "object" || inner === null) {
      throw new CliError(`\`${name}\` has a value, so that it cannot have the fields of \`${path}\`. Give one of them.`);
    }
    at = inner as Record<string, Json>;
  }
  at[last] = value;
}

export function jsonOrText(value: string): Json {
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}
