// Loads the gateway in workerd with the bodies that take the most memory, and reads the process's memory meanwhile.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { deflateSync } from "node:zlib";

const SAMPLE_MS = 10;
const crc = (bytes) => {
  let value = ~0;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (0xedb88320 & -(value & 1));
  }
  return ~value >>> 0;
};

/** A PNG of one pixel with that many bytes: the rest is a private chunk. */
export function largePng(bytes) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    // Decoders do not check the sum of a chunk that they do not know.
    if (data.length < 1_000) sum.writeUInt32BE(crc(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.from("00000001000000010802000000", "hex");
  const parts = [chunk("IHDR", header), chunk("IDAT", deflateSync(Buffer.alloc(4))), chunk("IEND", Buffer.alloc(0))];
  const rest = bytes - 8 - 12 - parts.reduce((sum, { length }) => sum + length, 0);
  const filler = Buffer.from(Array.from({ length: 4_096 }, (_, at) => (at * 7_919) % 256));
  parts.splice(1, 0, chunk("fiLl", Buffer.alloc(Math.max(0, rest), filler)));
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts]);
}

/** The resident memory of a process, in MB. Linux only. */
function residentMb(pid) {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  const [, kb] = /VmRSS:\s+(\d+) kB/.exec(text) ?? [];
  if (kb === undefined) throw new Error("The process has ended.");
  return Number(kb) / 1_000;
}

/** Samples a process's memory until it is stopped: `{ stop(): peak in MB }`. */
function watchMemory(pid) {
  let peak = residentMb(pid);
  const timer = setInterval(() => (peak = Math.max(peak, residentMb(pid))), SAMPLE_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return peak;
    },
  };
}

/** The heads of bodies that are sent in part, and what is sent of them. */
const HOSTILE = [
  (apiKey) => ({
    head: ["POST /v1/videos HTTP/1.1", `Authorization: Bearer ${apiKey}`, "Content-Type: application/json", "Content-Length: 999999"],
    body: `{"prompt":"${"x".repeat(990_000)}`,
  }),
  (apiKey) => ({
    head: ["POST /api/v1/videos HTTP/1.1", `Authorization: Bearer ${apiKey}`, "Content-Type: application/json", "Content-Length: 15999999"],
    body: `{"frame_images":[{"image_url":{"url":"data:image/png;base64,${"A".repeat(1_000_000)}`,
  }),
  (apiKey) => ({
    head: ["POST /v1/videos HTTP/1.1", `Authorization: Bearer ${apiKey}`, "Content-Type: multipart/form-data; boundary=b", "Content-Length: 11999999"],
    body: `--b\r\ncontent-disposition: form-data; name="input_reference"; filename="a"\r\n\r\n${"\r\n--".repeat(250_000)}`,
  }),
  (apiKey) => ({
    head: ["POST /v1/quotes HTTP/1.1", `Authorization: Bearer ${apiKey}`, "Content-Type: application/json", "Transfer-Encoding: chunked"],
    body: `f4240\r\n[${"[],".repeat(333_333)}`,
  }),
  () => ({
    head: [`POST /webhooks/${"0".repeat(64)}?filmgate=runware.x.y HTTP/1.1`, "Content-Type: application/json", "Content-Length: 999999"],
    body: "x".repeat(990_000),
  }),
];

/** Opens connections that send most of a megabyte and wait: `{ close() }`. */
export async function attack(url, apiKey, count) {
  const { hostname, port, host } = new URL(url);
  const sockets = [];
  for (let at = 0; at < count; at += 1) {
    const { head, body } = HOSTILE[at % HOSTILE.length](apiKey);
    const socket = connect(Number(port), hostname);
    socket.on("error", () => {});
    socket.resume();
    await once(socket, "connect");
    socket.write(`${[head[0], `Host: ${host}`, ...head.slice(1)].join("\r\n")}\r\n\r\n`);
    socket.write(body);
    sockets.push(socket);
  }
  return { close: () => sockets.forEach((socket) => socket.destroy()) };
}

/** Creates videos from images at once, as forms and as data URIs by turns; returns their statuses. */
export function upload(url, apiKey, count, image) {
  const send = async (_, at) => {
    // workerd closes idle connections.
    const headers = { authorization: `Bearer ${apiKey}`, connection: "close" };
    const prompt = `Boat ${at}`;
    let body;
    if (at % 2 === 0) {
      body = new FormData();
      body.set("prompt", prompt);
      body.set("input_reference", new File([image], "a.png"));
    } else {
      headers["content-type"] = "application/json";
      const image_url = `data:image/png;base64,${image.toString("base64")}`;
      body = JSON.stringify({ prompt, input_reference: { image_url } });
    }
    const response = await fetch(`${url}/v1/videos`, { method: "POST", headers, body });
    await response.arrayBuffer();
    return response.status;
  };
  return Promise.all(Array.from({ length: count }, send));
}

/** Runs the whole load: `{ baseMb, peakMb, statuses, uploadMs }`. `keys` are of two accounts: hostile, honest. */
export async function measure({ url, pid, keys: [hostile, honest], connections, uploads, imageBytes }) {
  // The runtime's own memory, with everything loaded.
  await upload(url, honest, 4, largePng(50_000));
  const baseMb = residentMb(pid());
  const memory = watchMemory(pid());
  const attackers = await attack(url, hostile, connections);
  const since = performance.now();
  const statuses = await upload(url, honest, uploads, largePng(imageBytes));
  const uploadMs = Math.round(performance.now() - since);
  const peakMb = memory.stop();
  attackers.close();
  return { baseMb: Math.round(baseMb), peakMb: Math.round(peakMb), statuses, uploadMs };
}
