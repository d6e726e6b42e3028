// One build at a time per checkout: `npm start` and `npm test` write the same folders.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "./run.mjs";
import { note } from "./log.mjs";

const path = join(root, ".tools", "build.lock");

export async function withLock(work) {
  mkdirSync(join(root, ".tools"), { recursive: true });
  let noted = false;
  while (!tryLock()) {
    if (!noted) note(`Another build is running in this checkout; waiting for it. If there is none, delete ${path}`);
    noted = true;
    await sleep(500);
  }
  const release = () => rmSync(path, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}

function tryLock() {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    if (!isOwnerAlive()) rmSync(path, { force: true });
    return false;
  }
}

/** A killed build leaves its lock behind; its process id no longer exists. */
function isOwnerAlive() {
  try {
    process.kill(Number(readFileSync(path, "utf8")), 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
