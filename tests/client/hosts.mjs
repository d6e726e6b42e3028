// Hosts of a video, each a `fetch` or a server that drops the connection at a given point
// to.
import { once } from "node:events";
import { createServer } from "node:http";

export const URL_WITH_TOKEN = "https://cdn.example/video.mp4?token=TOKEN-OF-THE-ADDRESS";
export const VIDEO = { url: URL_WITH_TOKEN };
export const TAG = '"v1"';

/** Bytes that differ from place to place. */
export const videoBytes = (length, seed = 1) =>
  Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8) * seed) % 251);

/** A body whose connection drops after so many bytes; complete by default. */
export function bodyOf(bytes, until = bytes.length, piece = 100) {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= until) {
        if (until === bytes.length) return controller.close();
        return controller.error(new TypeError(`terminated ${URL_WITH_TOKEN}`));
      }
      const end = Math.min(at + piece, until);
      controller.enqueue(bytes.slice(at, end));
      at = end;
    },
  });
}

/**
 * A host with one response for each request, which records the requests. A
 * response is `{ content, tag, status, from, until, headers }`: its offset in the video, and where it
 * breaks off.
 */
export function host(...answers) {
  const asked = [];
  const fetch = async (address, { headers }) => {
    asked.push({ ...headers });
    const answer = answers[asked.length - 1];
    if (!answer) throw new Error(`unexpected request ${asked.length}`);
    if (answer instanceof Error) throw answer;
    const { content, tag = TAG, status = 200, from = 0, until, total = content?.length } = answer;
    if (!content) return new Response("no", { status, headers: answer.headers });
    const body = content.slice(from);
    const given = {
      etag: tag,
      "content-length": String(body.length),
      ...(status === 206 && { "content-range": `bytes ${from}-${content.length - 1}/${total}` }),
      ...answer.headers,
    };
    const kept = Object.entries(given).filter(([, value]) => value !== undefined);
    return new Response(bodyOf(body, until === undefined ? undefined : until - from), {
      status,
      headers: Object.fromEntries(kept),
    });
  };
  return { fetch, asked };
}

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "if-range",
  "access-control-expose-headers": "etag, content-range",
};

/**
 * A server of one video that any page may read. Each of `ends`, `{ after, end, content, tag }`, is
 * about one response: `end` gets it once so many bytes are sent. Later responses are complete.
 * `asked` holds the requested ranges.
 */
export async function server(t, whole, ...ends) {
  const asked = [];
  const program = createServer(({ method, headers }, response) => {
    if (method === "OPTIONS") return response.writeHead(204, CORS).end();
    const { after, end, content = whole, tag = TAG } = ends[asked.length] ?? {};
    asked.push(headers.range);
    const isOther = headers["if-range"] !== undefined && headers["if-range"] !== tag;
    const range = isOther ? undefined : headers.range;
    const [from, to] = (range ?? "bytes=0-").slice("bytes=".length).split("-").map(Number);
    const part = content.subarray(from, to ? to + 1 : undefined);
    const facts = { etag: tag, "content-length": part.length };
    if (range) facts["content-range"] = `bytes ${from}-${from + part.length - 1}/${content.length}`;
    response.writeHead(range ? 206 : 200, { ...CORS, ...facts });
    if (end) response.write(part.subarray(0, after), () => end(response));
    else response.end(part);
  });
  program.listen(0, "127.0.0.1");
  await once(program, "listening");
  t.after(() => {
    program.closeAllConnections();
    program.close();
  });
  return { url: `http://127.0.0.1:${program.address().port}/video.mp4`, asked };
}

/** A stream that collects what is written to it. */
export function collector() {
  const pieces = [];
  const ends = [];
  const sink = new WritableStream({
    write: (piece) => void pieces.push(piece),
    close: () => void ends.push("closed"),
    abort: () => void ends.push("aborted"),
  });
  return { sink, ends, bytes: () => Buffer.concat(pieces) };
}

/** A file's handle as a page has it: what is written counts once it is closed. */
export function fileHandle(before = Buffer.from("what was there")) {
  let content = before;
  const handle = {
    kind: "file",
    async createWritable() {
      let written = Buffer.alloc(0);
      return new WritableStream({
        write: (chunk) => {
          const isCut = chunk.type === "truncate";
          written = isCut ? written.subarray(0, chunk.size) : Buffer.concat([written, chunk]);
        },
        close: () => void (content = written),
      });
    },
  };
  return { handle, content: () => content };
}
