// A completed video: downloaded by filmgate and played from memory if the provider allows a page to
// read it (CORS); otherwise played from the provider's URL.

import { copyButton, el } from "./dom.js";
import { clock, money, size, span } from "./format.js";

const TYPES = { mp4: "video/mp4", webm: "video/webm", mov: "video/quicktime" };
const prefersReducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * The view of one video. `environment`: see `createEnvironment`. `autoplay` starts it muted, unless the
 * user prefers reduced motion. Returns `node`, `load`, `tick` and `close`.
 */
export function createPlayer(video, { environment, name, title, autoplay, isOneOfMany, onRemix }) {
  const screen = el("video", {
    controls: true,
    playsinline: true,
    preload: "metadata",
    "aria-label": title,
  });
  const note = el("p", { class: "hint" });
  const expiry = el("p", { class: "hint" });
  const actions = el("div", { class: "actions" });
  const metadata = el("p", { class: "metadata" }, metadataText(video, isOneOfMany));
  const node = el("div", { class: "video" }, screen, note, metadata, expiry, actions);
  let objectUrl;
  let waiting = new AbortController();

  const addActions = (href, fromMemory) => {
    const target = fromMemory ? { download: name } : { target: "_blank", rel: "noreferrer" };
    actions.append(el("a", { class: "button small", href, ...target }, "Download"));
    if (video.remixId) {
      const remix = () => onRemix(video.remixId);
      actions.append(
        el("button", { type: "button", class: "small", onclick: remix }, "Use as remix"),
      );
    }
    if (video.url) actions.append(copyButton("Copy URL", () => video.url));
  };
  const play = () => {
    if (!autoplay || prefersReducedMotion()) return;
    screen.muted = true;
    screen.play().catch(() => {}); // The browser may block autoplay; the controls remain.
  };

  /** Offers a retry, and retries by itself when the network is back. */
  const offerRetry = () => {
    const retry = () => {
      waiting.abort();
      actions.replaceChildren();
      load();
    };
    waiting = new AbortController();
    addEventListener("online", retry, { signal: waiting.signal });
    actions.append(
      el("button", { type: "button", class: "small", onclick: retry }, "Try again"),
    );
  };

  const load = async () => {
    screen.hidden = false;
    note.textContent = "Downloading the video…";
    try {
      const blob = await fetchVideo(environment.client, video, name, (text) => (note.textContent = text));
      objectUrl = URL.createObjectURL(blob);
      screen.src = objectUrl;
      note.textContent = `${size(blob.size)}, in this page's memory until the page is closed.`;
      addActions(objectUrl, true);
    } catch (error) {
      const giveUp = () => {
        screen.hidden = true;
        screen.removeAttribute("src");
        note.textContent = error.message;
        if (error.code !== "result_expired") offerRetry();
      };
      if (!environment.playsFromUrl || !video.url) return giveUp();
      screen.addEventListener("error", giveUp, { once: true });
      screen.src = video.url;
      note.textContent = "Played from the provider's URL.";
      addActions(video.url, false);
    }
    play();
  };

  const tick = (now) => {
    if (environment.archives?.(video)) {
      expiry.textContent = "The gateway stores it until it is deleted there.";
      return;
    }
    if (video.expiresAt === undefined) {
      expiry.textContent = "The provider does not document how long it stores the video.";
      return;
    }
    const left = video.expiresAt - now;
    expiry.textContent =
      left > 0
        ? `The provider stores it for ${span(left)} more, until ${clock(video.expiresAt)}.`
        : "The provider no longer stores it.";
  };
  tick(Date.now());
  const close = () => {
    waiting.abort();
    if (objectUrl) URL.revokeObjectURL(objectUrl);
  };
  return { node, load, tick, close };
}

async function fetchVideo(client, video, name, onText) {
  const chunks = [];
  const sink = new WritableStream({ write: (chunk) => void chunks.push(chunk) });
  const onProgress = (bytes, total) =>
    onText(`Downloading the video: ${size(bytes)}${total ? ` of ${size(total)}` : ""}`);
  await client.download(video, sink, { onProgress });
  return new Blob(chunks, { type: TYPES[name.split(".").pop()] });
}

/** A video's own cost is shown only if the job has several. */
function metadataText({ costUsd, seed, nsfw }, isOneOfMany) {
  const texts = [
    costUsd === undefined || !isOneOfMany ? undefined : `Cost ${money(costUsd)}`,
    seed === undefined ? undefined : `Seed ${seed}`,
    nsfw ? "Flagged by the provider as not safe for work" : undefined,
  ];
  return texts.filter(Boolean).join(" · ");
}

/** A file name for a video: the start of the job id, its number, and the extension of its URL. */
export function videoName(video, id, index) {
  const extension = /\.(mp4|webm|mov)(?:$|[?#])/i.exec(video.url ?? "")?.[1].toLowerCase() ?? "mp4";
  return `filmgate-${id.slice(0, 8)}-${index + 1}.${extension}`;
}
