// Stands between the gateway and the simulated providers and passes everything on, faults included. It remembers
// which job each submit and each webhook was for: the providers' ledger knows their own ids alone.
import { once } from "node:events";
import { createServer, request as ask } from "node:http";
import { LOOPBACK, originOf } from "../../scripts/lib/port.mjs";

/** Starts it: `{ runpod, runware, origin, lead, submits, heard, films, stop }`. */
export async function startRelay(simulator) {
  /** Each submit, in order: `{ provider, job, taskUUID?, answered? }`; without an answer it may have been accepted. */
  const submissions = [];
  /** The address of each film that an answer told, by the provider's id of its job. */
  const films = new Map();
  /** The jobs whose webhook the gateway has taken. */
  const heard = new Set();
  let gateway;
  const server = createServer((request, response) => {
    const isHook = request.url.startsWith("/hooks/");
    relay(isHook ? gateway : simulator.origin, request, response, { submissions, heard, films });
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
  /** Where webhooks go on to. */
  const lead = (url) => (gateway = url);
  const addresses = { origin, runpod: here(simulator.runpod), runware: here(simulator.runware) };
  return { ...addresses, lead, submissions, heard, films, stop };
}

async function relay(origin, request, response, seen) {
  const torn = () => response.destroy();
  try {
    const body = await whole(request);
    const { method, headers, url } = request;
    const submit = submitOf(url, body);
    if (submit) seen.submissions.push(submit);
    const asked = ask(origin + url, { method, headers, agent: false });
    asked.once("error", torn).end(body);
    const [answer] = await once(asked, "response");
    if (submit) submit.answered = answer.statusCode;
    if (answer.statusCode === 200) seen.heard.add(jobOf(url));
    response.writeHead(answer.statusCode, answer.headers);
    const chunks = [];
    for await (const chunk of answer) {
      chunks.push(chunk);
      response.write(chunk);
    }
    response.end();
    noteFilms(Buffer.concat(chunks), seen.films);
  } catch {
    torn();
  }
}

async function whole(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What a submit asks for, if it is one. */
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

/** The job's id in hex, out of the address that a provider is to call. */
const jobOf = (webhook) => /\/hooks\/(?:\w+\/)?([0-9a-f]{64})/.exec(webhook ?? "")?.[1];

function noteFilms(body, films) {
  let answer;
  try {
    answer = JSON.parse(body);
  } catch {
    return; // Half of an answer: the gateway could not read it either.
  }
  const { id, output, data } = answer;
  if (id && output?.video_url) films.set(id, output.video_url);
  if (id && output?.result) films.set(id, output.result);
  if (!Array.isArray(data)) return;
  for (const { taskUUID, videoURL } of data) if (videoURL) films.set(taskUUID, videoURL);
}
