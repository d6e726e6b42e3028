// What the page shows beside its data: the announcements, the connection, the open parts.

import { signal } from "@preact/signals";

/** The text that screen readers are told. */
export const announcement = signal("");

export function announce(text: string): void {
  announcement.value = text;
}

export const isOffline = signal(navigator.onLine === false);
for (const change of ["online", "offline"]) {
  addEventListener(change, () => (isOffline.value = navigator.onLine === false));
}

/** The current time, by the second. */
export const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), 1000);

/** Lets the browser paint, and answer what is typed and pressed meanwhile. */
export const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

const HIDDEN_PAUSE_MS = 100;

/** Resolves after the next paint; in a hidden tab, which paints nothing, soon. */
export const painted = (): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, HIDDEN_PAUSE_MS);
    requestAnimationFrame(() => {
      clearTimeout(timer);
      setTimeout(resolve);
    });
  });

/** Whether the form is drawn below its prompt, too. */
export const isFormWhole = signal(false);

export type SideTab = "offers" | "code" | "break-it";

/** What the right column shows. */
export const sideTab = signal<SideTab>("offers");
/** On a narrow screen the right column is a sheet. */
export const isSideOpen = signal(false);
export const isGalleryOpen = signal(false);

/** A message at the foot of the page, with an action that undoes what it tells. */
export interface Toast {
  text: string;
  action: string;
  onAction(): void;
  /** It was closed, or its time is over. */
  onClose(): void;
}

export const toast = signal<Toast | undefined>(undefined);
const TOAST_S = 10;
let toastTimer: ReturnType<typeof setInterval> | undefined;

export function showToast(next: Toast): void {
  closeToast();
  toast.value = next;
  let left = TOAST_S;
  toastTimer = setInterval(() => {
    if (isToastHeld()) return;
    left -= 1;
    if (left === 0) closeToast();
  }, 1_000);
}

/** Who is on it, by mouse or keyboard, has all the time; in a hidden tab it has not been seen. */
const isToastHeld = (): boolean => document.hidden || document.querySelector(".toast:hover, .toast :focus-visible") !== null;

/** Takes the message away. A focus in it moves to the list that it told of. */
function takeToast(): Toast | undefined {
  clearInterval(toastTimer);
  const taken = toast.value;
  const hadFocus = document.querySelector(".toast :focus") !== null;
  toast.value = undefined;
  if (hadFocus) focusById("jobs-title");
  return taken;
}

export const closeToast = (): void => takeToast()?.onClose();

/** Ends the toast by its action. */
export const undoToast = (): void => takeToast()?.onAction();

export const prefersReducedMotion = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Focuses a control by its id, and opens what hides it. */
export function focusById(id: string): void {
  const node = document.getElementById(id);
  const details = node?.closest("details");
  if (details) details.open = true;
  node?.focus();
}

/** Writes a text to the clipboard; returns whether that worked. */
export async function copy(text: string): Promise<boolean> {
  const copied = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  announce(copied ? "Copied" : "Copying is not allowed");
  return copied === true;
}
