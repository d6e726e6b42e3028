// A proxy between the gateway and the simulated providers that forwards everything, including faults. It records which
// job each submit and each webhook was for: the providers' ledger has only their own ids.
import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import { LOOPBACK, originOf } from "../../scripts/lib/port.mjs";

/** Starts it: `{ runpod, runware, origin, setGateway, setAway, submissions, webhookJobs, videos, stop }`. */
export async function startFaultProxy(simulator) {
  /**
   * Each submit, in order: `{ provider, job, taskUUID?, status?, isStopped? }`; without a status it may have been accepted,
   * as far as the gateway knows, and a stopped one met an outage here.
   */
  const submissions = [];
  /** The URL of each video in a response, by the provider's id of its job. */
  const videos = new Map();
  /** The jobs whose webhook the gateway has accepted. */
  const webhookJobs = new Set();
  /** The providers whose API is away. */
  const away = new Set();
  let gateway;
  const server = createServer((request, response) => {
    const isWebhook = request.url.startsWith("/webhooks/");
    forward(isWebhook ? gateway : simulator.origin, request, response, { submissions, webhookJobs, videos, away });
  });
  server.listen(0, LOOPBACK);
  await once(server, "listening");
  const origin = originOf(server.address().port);
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  const here = (address) => origin + new URL(address).pathname;
  /** Where webhooks are forwarded to. */
  const setGateway = (url) => (gateway = url);
  /** Begins or ends an outage of a provider. */
  const setAway = (provider, isAway) => (isAway ? away.add(provider) : away.delete(provider));
  const addresses = { origin, runpod: here(simulator.runpod), runware: here(simulator.runware) };
  return { ...addresses, setGateway, setAway, submissions, webhookJobs, videos, stop };
}

async function forward(origin, request, response, records) {
  const fail = () => response.destroy();
  try {
    const body = await whole(request);
    const { method, headers, url } = request;
    const submit = submitOf(url, body);
    if (submit) records.submissions.push(submit);
    if (records.away.has(apiOf(url))) {
      if (submit) submit.isStopped = true;
      // HTTP 503 and resets in turn.
      return Math.random() < 0.5 ? fail() : response.writeHead(503).end("Service Unavailable");
    }
    const upstream = httpRequest(origin + url, { method, headers, agent: false });
    upstream.once("error", fail).end(body);
    const [upstreamResponse] = await once(upstream, "response");
    if (submit) submit.status = upstreamResponse.statusCode;
    if (upstreamResponse.statusCode === 200) records.webhookJobs.add(jobOf(url));
    response.writeHead(upstreamResponse.statusCode, upstreamResponse.headers);
    const chunks = [];
    for await (const chunk of upstreamResponse) {
      chunks.push(chunk);
      response.write(chunk);
    }
    response.end();
    recordVideos(Buffer.concat(chunks), records.videos);
  } catch {
    fail();
  }
}

/** The provider whose API a URL belongs to. */
const apiOf = (url) => /^\/(runpod|runware)(\/|$)/.exec(url)?.[1];

async function whole(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The submit in a request; `undefined` if it is another request. */
function submitOf(url, body) {
  if (/\/run(sync)?$/.test(url)) {
    return { provider: "runpod", job: jobOf(JSON.parse(body).webhook) };
  }
  const tasks = url.includes("/runware/") && body.length > 0 ? JSON.parse(body) : [];
  const task = [tasks].flat().find(({ taskType }) => taskType === "videoInference");
  return (
    task && { provider: "runware", job: jobOf(task.webhookURL), taskUUID: task.taskUUID }
  );
}

/** The job's id in hex, from its webhook URL. */
const jobOf = (webhook) => /\/webhooks\/(?:\w+\/)?([0-9a-f]{64})/.exec(webhook ?? "")?.[1];

function recordVideos(body, videos) {
  let json;
  try {
    json = JSON.parse(body);
  } catch {
    return; // Truncated: the gateway could not parse it either.
  }
  const { id, output, data } = json;
  if (id && output?.video_url) videos.set(id, output.video_url);
  if (id && output?.result) videos.set(id, output.result);
  if (!Array.isArray(data)) return;
  for (const { taskUUID, videoURL } of data) if (videoURL) videos.set(taskUUID, videoURL);
}
