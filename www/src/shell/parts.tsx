// The small parts that every other view uses.

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { copy } from "../state/ui.js";

/** False at first, and true in a task after the first paint: what waits for it does not hold up the rest. */
export function useLater(): boolean {
  const isDue = useSignal(false);
  useEffect(() => void (isDue.value = true), []);
  return isDue.value;
}

/** A message; names in backticks become `<code>`. */
export function Prose({ text }: { text: string }) {
  return <>{text.split(/`([^`]*)`/).map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>;
}

/** A button that copies what `text()` returns, and confirms it for two seconds. */
export function CopyButton({ label, text, id, kind = "small" }: { label: string; text: () => string; id?: string; kind?: string }) {
  const shown = useSignal(label);
  const onClick = async () => {
    shown.value = (await copy(text())) ? "Copied" : "Copying is not allowed";
    setTimeout(() => (shown.value = label), 2000);
  };
  return (
    <button type="button" class={kind} id={id} onClick={onClick}>
      {shown}
    </button>
  );
}

/** A button that opens a panel below it. It closes at Escape, and where something else is pressed. */
export function Menu({ label, title, id, className = "", children }: {
  label: ComponentChildren;
  /** Its name, if the label is a picture. */
  title?: string;
  id?: string;
  className?: string;
  children: ComponentChildren;
}) {
  const onToggle = (event: Event) => {
    const details = event.currentTarget as HTMLDetailsElement;
    if (details.open) closeOutside(details);
  };
  return (
    <details class={`menu ${className}`} id={id} onToggle={onToggle}>
      <summary aria-label={title}>{label}</summary>
      <div class="menu-panel">{children}</div>
    </details>
  );
}

function closeOutside(details: HTMLDetailsElement): void {
  const ended = new AbortController();
  const close = () => {
    details.open = false;
    ended.abort();
  };
  const onPointer = ({ target }: Event) => {
    if (!details.contains(target as Node)) close();
  };
  const onKey = ({ key }: KeyboardEvent) => {
    if (key !== "Escape") return;
    close();
    details.querySelector("summary")?.focus();
  };
  details.addEventListener("toggle", () => details.open || ended.abort(), { signal: ended.signal });
  document.addEventListener("pointerdown", onPointer, { signal: ended.signal });
  document.addEventListener("keydown", onKey, { signal: ended.signal });
}

const PATHS: Record<string, string> = {
  download: "M8 2v8m0 0 3-3m-3 3L5 7M3 13h10",
  again: "M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3",
  edit: "m3 13 .7-3L11 2.7 13.3 5 6 12.3 3 13Z",
  next: "M3 4h6v8H3zM11 8h3m0 0-1.5-1.5M14 8l-1.5 1.5",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  plus: "M8 3v10M3 8h10",
  close: "m4 4 8 8m0-8-8 8",
  play: "M5 3.5v9l7-4.5z",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14",
  share: "M8 10V2m0 0L5 5m3-3 3 3M3 9v4h10V9",
  warn: "M8 2 1.5 13.5h13zM8 6v4m0 2v.01",
  check: "m3 8.5 3 3 7-7",
  down: "m4 6 4 4 4-4",
  cut: "M4 4h8v8H4z",
};

/** A picture beside a word, which says the same. */
export function Icon({ name }: { name: string }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
