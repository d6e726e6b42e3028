import { createReadStream, existsSync, mkdirSync, statSync } from "node:fs";
import { Readable } from "node:stream";
import { FilmgateError } from "filmgate";
import { fileSink } from "filmgate/node";
import { client } from "../../../client.js";

const FOLDER = `${process.env.DATA_FOLDER ?? "data"}/videos`;
const storing = new Map();

export async function GET(request, { params }) {
  const job = await client.job((await params).id);
  if (!job?.outcome) return new Response("There is no video", { status: 404 });
  try {
    return respond(await fileOf(job), request.headers.get("range"));
  } catch (error) {
    if (!(error instanceof FilmgateError)) throw error;
    return new Response(error.message, { status: error.code === "result_expired" ? 410 : 502 });
  }
}

/** Downloads the video once, before its URL expires; a player that asks twice waits for the same download. */
async function fileOf({ handle: { id }, outcome }) {
  const file = `${FOLDER}/${id}.mp4`;
  if (existsSync(file)) return file; // `fileSink` writes a whole file or none
  mkdirSync(FOLDER, { recursive: true });
  if (!storing.has(id)) {
    const download = client.download(outcome.videos[0], fileSink(file));
    storing.set(id, download.finally(() => storing.delete(id)));
  }
  await storing.get(id);
  return file;
}

/** The file, or the bytes of it that a player asks for: without them Safari plays nothing, and no player can seek. */
function respond(file, range) {
  const { size } = statSync(file);
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
  const start = Number(first ?? 0);
  const end = Math.min(Number(last || size - 1), size - 1);
  if (start > end) return new Response(null, { status: 416, headers: { "content-range": `bytes */${size}` } });
  const headers = { "accept-ranges": "bytes", "content-type": "video/mp4", "content-length": String(end - start + 1) };
  if (first !== undefined) headers["content-range"] = `bytes ${start}-${end}/${size}`;
  const body = Readable.toWeb(createReadStream(file, { start, end }));
  return new Response(body, { status: first === undefined ? 200 : 206, headers });
}
