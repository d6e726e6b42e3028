// The shadow tree: built once, without HTML as text, and changed in place so that focus and playback stay.
import { STYLE } from "./style.js";

/** The elements of the tree. */
export interface View {
  stage: HTMLElement;
  poster: HTMLImageElement;
  video: HTMLVideoElement;
  bar: HTMLElement;
  status: HTMLElement;
  detail: HTMLElement;
  progress: HTMLProgressElement;
  error: HTMLElement;
  generate: HTMLButtonElement;
  cancel: HTMLButtonElement;
  resume: HTMLButtonElement;
  again: HTMLButtonElement;
}

let sheet: CSSStyleSheet | undefined;

export function buildView(root: ShadowRoot): View {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
  }
  root.adoptedStyleSheets = [sheet];
  const view: View = {
    stage: part("div", "stage"),
    poster: part("img", "poster"),
    video: part("video", "video"),
    bar: part("div", "bar"),
    status: part("p", "status"),
    detail: part("p", "detail"),
    progress: part("progress", "progress"),
    error: part("p", "error"),
    generate: button("generate"),
    cancel: button("cancel", "secondary"),
    resume: button("resume"),
    again: button("again", "secondary"),
  };
  const { stage, poster, video, bar, status, detail, progress, error, generate, cancel, resume, again } = view;
  poster.alt = "";
  video.playsInline = true;
  video.preload = "metadata";
  status.setAttribute("role", "status");
  status.setAttribute("aria-live", "polite");
  error.setAttribute("role", "alert");
  stage.append(poster, video);
  bar.append(status, detail, resume, generate, cancel, again, progress, error);
  root.append(stage, bar);
  return view;
}

/** The button that has the focus, or of which it was just taken, gives it to the first that is shown. */
export function keepFocus(root: ShadowRoot, { generate, cancel, resume, again }: View, change: () => void): void {
  const focused = root.activeElement;
  change();
  if (!(focused instanceof HTMLButtonElement) || !focused.hidden) return;
  [cancel, resume, generate, again].find(({ hidden }) => !hidden)?.focus();
}

function part<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, name: string): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  element.setAttribute("part", name);
  return element;
}

/** All buttons have the part `button`, and one of their own. */
function button(name: string, className?: string): HTMLButtonElement {
  const element = part("button", `button ${name}-button`);
  element.type = "button";
  if (className) element.className = className;
  return element;
}
