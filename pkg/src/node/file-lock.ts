import { createHash, randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { mkdir, open, readdir, rmdir, stat, unlink, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, unless, unlessMissing } from "./fs.js";

/** How often a holder gives a sign of life, and how often one who waits looks for it. */
export interface Pace {
  beatMs: number;
  lookMs: number;
  /** Looks without a new sign of life after which a holder counts as gone. */
  patience: number;
}

const PACE: Pace = { beatMs: 5_000, lookMs: 250, patience: 320 };

/**
 * Takes the lock that `folder` stands for, after whoever has it now; answers with the way to let it
 * go.
 *
 * Each process puts a file with a name of its own into the folder, and holds the lock if it then
 * finds no other living one's there. So a dead holder's file can be removed by anyone at any time:
 * no file that is made later can be meant by its name.
 *
 * A holder whose process has ended on this machine is gone at once. One on another machine, or one
 * that stands still (stopped, asleep), is gone when its file has not changed for a minute of the
 * waiter's own looking: no two clocks are compared. It may wake and believe that it still holds the
 * lock.
 */
export async function takeLock(
  folder: string,
  signal?: AbortSignal,
  pace: Pace = PACE,
): Promise<() => Promise<void>> {
  const own = `${machine()}.${process.pid}.${randomUUID()}`;
  const watch = new Watch(folder, own, pace.patience);
  for (;;) {
    signal?.throwIfAborted();
    if (await watch.isFree()) {
      if ((await post(folder, own)) && (await watch.isFree())) break;
      await withdraw(folder, own);
      // Two who came at once go apart by chance.
      await sleep(Math.random() * pace.lookMs * 0.2);
    } else {
      await sleep(pace.lookMs * (0.5 + Math.random() * 0.5));
    }
  }
  const path = join(folder, own);
  const beat = setInterval(() => void sign(path), pace.beatMs);
  // A lease alone is no reason for a process to live on.
  beat.unref();
  const release = async () => {
    clearInterval(beat);
    await withdraw(folder, own);
  };
  if (!signal?.aborted) return release;
  await release();
  throw signal.reason;
}

/** What one who waits has seen of the others. */
class Watch {
  readonly #seen = new Map<string, { sign: number; looks: number }>();

  constructor(
    readonly folder: string,
    readonly own: string,
    readonly patience: number,
  ) {}

  /** Whether nobody else who is alive has a file here; those of the others are removed. */
  async isFree(): Promise<boolean> {
    const names = await readdir(this.folder).catch(unlessMissing<string[]>([]));
    let isFree = true;
    for (const name of names) {
      if (name === this.own) continue;
      if (await this.#isGone(name)) await unlink(join(this.folder, name)).catch(unlessMissing());
      else isFree = false;
    }
    return isFree;
  }

  async #isGone(name: string): Promise<boolean> {
    const [where, pid] = name.split(".");
    if (where === machine() && !isRunning(Number(pid))) return true;
    const found = await stat(join(this.folder, name)).catch(unlessMissing());
    if (!found) return false;
    const before = this.#seen.get(name);
    const looks = before?.sign === found.mtimeMs ? before.looks + 1 : 0;
    this.#seen.set(name, { sign: found.mtimeMs, looks });
    return looks >= this.patience;
  }
}

/** Puts the file there; `false` where the folder was taken away at the same moment. */
async function post(folder: string, own: string): Promise<boolean> {
  await mkdir(folder, { mode: 0o700 }).catch(unless("EEXIST"));
  const file = await open(join(folder, own), "wx", 0o600).catch(unlessMissing());
  await file?.close();
  return file !== undefined;
}

async function withdraw(folder: string, own: string): Promise<void> {
  await unlink(join(folder, own)).catch(unlessMissing());
  // Where another one's file is in it, it stays.
  await rmdir(folder).catch(() => {});
}

/**
 * A sign of life. Where the file is gone, another has taken over, and the store's revisions decide.
 */
async function sign(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => {});
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Whatever else it says (another user's process, no permission to ask), it does not say that it
    // is gone.
    return codeOf(error) !== "ESRCH";
  }
}

let known: string | undefined;

/** Names what process numbers count in: the machine since its start, and on Linux the container. */
function machine(): string {
  const read = (look: () => string) => {
    try {
      return look();
    } catch {
      return "";
    }
  };
  return (known ??= createHash("sha256")
    .update(read(hostname))
    .update(read(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8")))
    .update(read(() => readlinkSync("/proc/self/ns/pid")))
    .digest("hex")
    .slice(0, 16));
}
