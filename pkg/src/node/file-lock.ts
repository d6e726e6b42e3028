import { createHash, randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { mkdir, open, readdir, rmdir, stat, unlink, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, ignoreError, ignoreMissing } from "./fs.js";

/** Heartbeats of a holder, and checks of a waiting process. */
export interface LockTiming {
  heartbeatMs: number;
  checkMs: number;
  /** Number of checks without a new heartbeat after which a holder counts as gone. */
  maxMisses: number;
}

const DEFAULT_TIMING: LockTiming = { heartbeatMs: 5_000, checkMs: 250, maxMisses: 320 };

/**
 * Acquires the lock that a folder represents, after its current holder. Returns a function that releases it.
 *
 * Each process creates a claim, a file with a unique name, in the folder. It holds the lock if it then finds no claim
 * of another living process. Any process may remove the claim of a dead holder at any time, because its name is never
 * used again.
 *
 * A holder whose process has ended on this machine is gone at once. A holder on another machine, or one that is
 * suspended, is gone if its claim has not changed for about a minute of the waiting process's own checks; clocks are
 * not compared. Such a holder may wake up and believe that it still holds the lock.
 */
export async function takeLock(
  folder: string,
  signal?: AbortSignal,
  timing: LockTiming = DEFAULT_TIMING,
): Promise<() => Promise<void>> {
  const own = `${machine()}.${process.pid}.${randomUUID()}`;
  const observer = new LockObserver(folder, own, timing.maxMisses);
  for (;;) {
    signal?.throwIfAborted();
    if (await observer.isFree()) {
      if ((await createClaim(folder, own)) && (await observer.isFree())) break;
      await removeClaim(folder, own);
      // Random, so that two processes that came at once do not collide again.
      await sleep(Math.random() * timing.checkMs * 0.2);
    } else {
      await sleep(timing.checkMs * (0.5 + Math.random() * 0.5));
    }
  }
  const path = join(folder, own);
  const heartbeat = setInterval(() => void touch(path), timing.heartbeatMs);
  // A lock alone does not keep a process running.
  heartbeat.unref();
  const release = async () => {
    clearInterval(heartbeat);
    await removeClaim(folder, own);
  };
  if (!signal?.aborted) return release;
  await release();
  throw signal.reason;
}

/** What a waiting process has observed of the other claims. */
class LockObserver {
  readonly #seen = new Map<string, { changedMs: number; misses: number }>();

  constructor(
    readonly folder: string,
    readonly own: string,
    readonly maxMisses: number,
  ) {}

  /** Whether no other living process has a claim. Claims of dead processes are removed. */
  async isFree(): Promise<boolean> {
    const names = await readdir(this.folder).catch(ignoreMissing<string[]>([]));
    let isFree = true;
    for (const name of names) {
      if (name === this.own) continue;
      if (await this.#isGone(name)) await unlink(join(this.folder, name)).catch(ignoreMissing());
      else isFree = false;
    }
    return isFree;
  }

  async #isGone(name: string): Promise<boolean> {
    const [host, pid] = name.split(".");
    if (host === machine() && !isRunning(Number(pid))) return true;
    const found = await stat(join(this.folder, name)).catch(ignoreMissing());
    if (!found) return false;
    const before = this.#seen.get(name);
    const misses = before?.changedMs === found.mtimeMs ? before.misses + 1 : 0;
    this.#seen.set(name, { changedMs: found.mtimeMs, misses });
    return misses >= this.maxMisses;
  }
}

/** Returns false if the folder was removed at the same moment. */
async function createClaim(folder: string, own: string): Promise<boolean> {
  await mkdir(folder, { mode: 0o700 }).catch(ignoreError("EEXIST"));
  const file = await open(join(folder, own), "wx", 0o600).catch(ignoreMissing());
  await file?.close();
  return file !== undefined;
}

async function removeClaim(folder: string, own: string): Promise<void> {
  await unlink(join(folder, own)).catch(ignoreMissing());
  // It stays if it has another claim.
  await rmdir(folder).catch(() => {});
}

/** A heartbeat. If the claim is gone, another process has taken over, and the store's revisions decide. */
async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => {});
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Any other error, such as a missing permission, does not mean that the process is gone.
    return codeOf(error) !== "ESRCH";
  }
}

let known: string | undefined;

/** Identifies the scope of process ids: the machine since its boot, and on Linux the container. */
function machine(): string {
  const read = (source: () => string) => {
    try {
      return source();
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
