// One client waiting for all jobs at once, each at its own provider: the number of requests, and how
// long after a job's end the caller received it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakes } from "../fakes/index.mjs";
import { startClient } from "../lib/client-process.mjs";
import { jobs, practice } from "./jobs.mjs";

const PATIENCE_MS = 400_000;

export async function measure(client) {
  const place = mkdtempSync(join(tmpdir(), "filmgate-bench-"));
  const start = ({ jobDurationMs }) => fakes[client.fake]({ jobDurationMs, config: client.config });
  const providers = await Promise.all(jobs.map(start));
  const before = client.practises ? practice : [];
  const others = await Promise.all(before.map(start));
  try {
    const practised = before.map(({ name }, at) => ({ name, address: others[at].address }));
    const orders = jobs.map(({ name }, at) => ({
      ...orderIn(place, name, providers[at].address),
      practice: practised,
    }));
    const { ends } = await startClient(client, "generate", orders, PATIENCE_MS).ended;
    const told = jobs.map(({ name }, at) => judge(name, ends[name], providers[at]));
    return await Promise.all(told);
  } finally {
    await Promise.all([...providers, ...others].map(({ stop }) => stop()));
    rmSync(place, { recursive: true });
  }
}

function orderIn(place, name, address) {
  const folder = join(place, name);
  mkdirSync(folder);
  const kept = join(place, `${name}.jsonl`);
  writeFileSync(kept, "");
  return { name, address, kept, folder };
}

async function judge(name, end, provider) {
  const [job] = await provider.jobs();
  const requests = provider.requests.filter(({ at }) => !end || at <= end.at).length;
  const isDelivered = Boolean(end?.video?.url ?? end?.video?.bytes);
  return {
    job: name,
    requests,
    delivered: isDelivered,
    lateMs: isDelivered ? end.at - job.endsAt : undefined,
    error: end?.error?.message,
  };
}
