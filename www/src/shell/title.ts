// The tab's title tells how far the newest job is; a notification, where it is allowed, that it has ended.

import { effect, signal } from "@preact/signals";
import { jobs } from "../state/jobs.js";

const NAME = document.title;

export function watchJobs(): void {
  let wasRunning = false;
  effect(() => {
    const running = jobs.value?.filter(({ state }) => state.value === "running") ?? [];
    const [first] = running;
    if (first) {
      const percent = first.progress.value;
      document.title = `${percent === undefined ? "●" : `${Math.round(percent * 100)} %`} · ${NAME}`;
    } else document.title = wasRunning && document.hidden ? `✓ ${NAME}` : NAME;
    if (wasRunning && !first && document.hidden) notify();
    wasRunning = first !== undefined;
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && document.title.startsWith("✓")) document.title = NAME;
  });
}

/** Whether the browser would ask the user, if the page wants to tell the end of a job. */
export const canAskToNotify = signal(typeof Notification !== "undefined" && Notification.permission === "default");

export async function askToNotify(): Promise<void> {
  await Notification.requestPermission();
  canAskToNotify.value = false;
}

function notify(): void {
  const last = jobs.value?.[0];
  if (!last || typeof Notification === "undefined" || Notification.permission !== "granted") return;
  new Notification("filmgate", { body: last.state.value === "completed" ? `Ready: ${last.title}` : `Failed: ${last.title}` });
}
