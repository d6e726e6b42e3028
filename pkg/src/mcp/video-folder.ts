// The only folder that videos are written to. A name is one plain file name in it.
import { lstat, mkdir, realpath } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";
import { FilmgateError } from "../error.js";
import { ignoreMissing } from "../node/fs.js";

const MAX_NAME_BYTES = 120;
/** Letters, digits and few signs: no separator, colon, control character or leading dot on any system. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._()-]*$/u;
/** Names of devices on Windows, with any ending. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)\s*(\.|$)/i;
const EXTENSIONS: Record<string, string> = { "video/webm": "webm", "video/quicktime": "mov" };
/** Files beside a video while it is downloaded. */
const SUFFIXES = ["", ".part", ".part.json", ".part.json.tmp", ".part.lock"];

export interface VideoFile {
  path: string;
  /** Bytes of the file, if it is there already. */
  bytes: number | undefined;
}

export interface FileOptions {
  /** The start of its name, from an agent. */
  name?: string | undefined;
  /** The job's id. */
  id: string;
  /** Which of the job's videos it is, of which there are `count`. */
  at: number;
  count: number;
  /** Its media type. */
  type: string;
}

export class VideoFolder {
  readonly #path: string;
  readonly #parent: string | undefined;

  /** `parent`: the folder must be inside it, also after links are followed. */
  constructor(path: string, parent?: string) {
    this.#path = resolve(path);
    this.#parent = parent;
  }

  /** The file of a job's video. Its name contains the job's id, so that no other file has it. */
  async file({ name = "filmgate", id, at, count, type }: FileOptions): Promise<VideoFile> {
    const folder = await this.#open();
    const stem = [plainName(name), id, ...(count > 1 ? [at + 1] : [])].join("-");
    const path = join(folder, `${stem}.${EXTENSIONS[type] ?? "mp4"}`);
    let bytes: number | undefined;
    for (const suffix of SUFFIXES) {
      const found = await lstat(path + suffix).catch(ignoreMissing());
      if (found?.isSymbolicLink()) throw refused("A link is in the place of the file.");
      if (suffix === "" && found) {
        if (!found.isFile()) throw refused("Something that is not a file has this name.");
        bytes = found.size;
      }
    }
    return { path, bytes };
  }

  /** The folder without links, created if it does not exist. */
  async #open(): Promise<string> {
    if (this.#parent === undefined) {
      await this.#create();
      return realpath(this.#path);
    }
    const parent = await realpath(this.#parent);
    // A link is refused before anything is created behind it.
    const before = await lstat(this.#path).catch(ignoreMissing());
    if (!before) await this.#create();
    const folder = await realpath(this.#path).catch(ignoreMissing());
    const inside = folder === undefined ? ".." : relative(parent, folder);
    if (folder !== undefined && !inside.startsWith("..") && !isAbsolute(inside)) return folder;
    throw refused("The folder of videos is a link to another place.");
  }

  async #create(): Promise<void> {
    await mkdir(this.#path, { recursive: true }).catch(({ code }: NodeJS.ErrnoException) => {
      throw refused(`The folder ${this.#path} cannot be created (${code}). Start the server with \`--folder\` and a folder that can be written.`);
    });
  }
}

/** The name, if it is a plain file name, without the ending of a video. */
function plainName(name: string): string {
  const stem = name.normalize("NFC").replace(/\.(mp4|webm|mov)$/i, "");
  const isPlain = NAME.test(stem) && !stem.includes("..") && !DEVICE.test(stem) && Buffer.byteLength(stem) <= MAX_NAME_BYTES;
  if (isPlain) return stem;
  throw refused("`name` must be a plain file name, such as `fox`: letters, digits, blanks, dots and dashes. The folder is fixed.");
}

function refused(why: string): FilmgateError {
  return new FilmgateError({ code: "invalid_request", message: `${why} Nothing was written.` });
}
