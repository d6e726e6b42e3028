// Reads the requests of a batch: JSON Lines, or CSV whose head has the fields.
import { createHash, type Hash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { text } from "node:stream/consumers";
import { CliError } from "./errors.js";
import { jsonOrText, readImage, setPath, unreadable } from "./request.js";
import type { ImageInput, Json, VideoRequest } from "../types/index.js";

const STDIN = "-";
const DIGEST_LENGTH = 12;
/** No model has nearly as many fields. */
const MAX_COLUMNS = 500;

/** A request, and the line on which it begins. */
export interface BatchLine {
  line: number;
  request: VideoRequest;
}

/** The requests of a file, and the digest of it and of its images, which names the batch. */
export async function readBatch(file: string): Promise<{ digest: string; lines: BatchLine[] }> {
  const content = file === STDIN ? await text(process.stdin) : await readFile(file, "utf8").catch(unreadable(file));
  const plain = content.replace(/^\uFEFF/, "");
  const lines = extname(file).toLowerCase() === ".csv" ? csvRequests(plain) : jsonRequests(plain);
  if (lines.length === 0) throw new CliError("There is no request in the file. Write one JSON object a line, or a CSV with a head.");
  const hash = createHash("sha256").update(content);
  for (const { request } of lines) await readImages(request, hash);
  return { digest: hash.digest("hex").slice(0, DIGEST_LENGTH), lines };
}

function jsonRequests(content: string): BatchLine[] {
  return content.split("\n").flatMap((row, at) => {
    if (row.trim() === "") return [];
    const line = at + 1;
    let request: unknown;
    try {
      request = JSON.parse(row);
    } catch {
      throw new CliError(`Line ${line} is not JSON. Write one request a line, as a JSON object. A CSV needs a name that ends in .csv.`);
    }
    if (typeof request === "object" && request !== null && !Array.isArray(request)) return [{ line, request }];
    throw new CliError(`Line ${line} is not a JSON object. Write one request a line.`);
  });
}

function csvRequests(content: string): BatchLine[] {
  const [head, ...rows] = csvRows(content);
  if (!head) return [];
  if (head.cells.length > MAX_COLUMNS) {
    throw new CliError(`The head of the CSV has ${head.cells.length} columns. At most ${MAX_COLUMNS} are read: it has the names of fields.`);
  }
  const names = head.cells.map((name) => name.trim());
  const odd = names.find((name) => !/^[A-Za-z][\w.]*$/.test(name) || name.split(".").includes("__proto__"));
  if (odd !== undefined) throw new CliError(`The head of the CSV has \`${odd}\`, which is not a field. Write names such as prompt,model,output.format.`);
  return rows.map(({ line, cells }) => {
    if (cells.length > names.length) {
      throw new CliError(`Line ${line} has ${cells.length} cells, and the head ${names.length}. Quote cells that have a comma.`);
    }
    const request: Record<string, Json> = {};
    for (const [at, name] of names.entries()) {
      const cell = cells[at] ?? "";
      // A prompt may look like a number.
      if (cell !== "") setPath(request, name, name === "prompt" ? cell : jsonOrText(cell));
    }
    return { line, request };
  });
}

/** What ends a piece of a cell. */
const SPECIAL = /[",\r\n]/g;

/** The rows of a CSV by RFC 4180: cells in quotes hold commas, line breaks and doubled quotes. Empty rows are skipped. */
function csvRows(content: string): { line: number; cells: string[] }[] {
  const rows: { line: number; cells: string[] }[] = [];
  let [line, cells, cell, start] = [1, [] as string[], "", 1];
  const endRow = () => {
    cells.push(cell);
    if (cells.some((one) => one !== "")) rows.push({ line: start, cells });
    [cells, cell, start] = [[], "", line];
  };
  for (let at = 0; at < content.length; at++) {
    SPECIAL.lastIndex = at;
    const end = SPECIAL.exec(content)?.index ?? content.length;
    cell += content.slice(at, end);
    at = end;
    const unit = content[at];
    if (unit === '"' && cell === "") {
      const { text, next } = quoted(content, at + 1, start);
      [cell, at] = [text, next];
      line += text.split("\n").length - 1;
    } else if (unit === '"') cell += unit;
    else if (unit === ",") {
      cells.push(cell);
      cell = "";
    } else if (unit === "\n") {
      line += 1;
      endRow();
    }
  }
  endRow();
  return rows;
}

/** The text in quotes that begins here, and where its last quote is. */
function quoted(content: string, from: number, line: number): { text: string; next: number } {
  const parts: string[] = [];
  for (let at = from; ; at += 1) {
    const end = content.indexOf('"', at);
    if (end < 0) throw new CliError(`A quote that begins in the row of line ${line} has no end. Close it, and double the quotes inside.`);
    parts.push(content.slice(at, end));
    at = end + 1;
    if (content[at] !== '"') return { text: parts.join('"'), next: end };
  }
}

/** Image files become their bytes. */
async function readImages(request: VideoRequest, hash: Hash): Promise<void> {
  const read = async <T>(image: T): Promise<T | ImageInput> => {
    if (typeof image !== "string") return image;
    const found = await readImage(image);
    if (found instanceof Uint8Array) hash.update(found);
    return found;
  };
  for (const name of ["image", "lastFrameImage"] as const) {
    if (typeof request[name] === "string") request[name] = await read(request[name]);
  }
  const { referenceImages } = request;
  if (!Array.isArray(referenceImages)) return;
  for (const [at, image] of referenceImages.entries()) referenceImages[at] = await read(image);
}
