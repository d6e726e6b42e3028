// A finished video: fetched through filmgate and played from memory, where the provider lets a page
// read it; otherwise played from the provider's own address.

import { copyButton, el } from "./dom.js";
import { clock, money, size, span } from "./format.js";

const TYPES = { mp4: "video/mp4", webm: "video/webm", mov: "video/quicktime" };
const calmly = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * The view of one video. `open` is a place (`client`, `direct`); `autoplay` starts it, without sound,
 * unless the user wants less motion. Returns the node, `load`, `tick` and `close`.
 */
export function createPlayer(video, { open, name, title, autoplay, isOneOfMany, onRemix }) {
  const screen = el("video", {
    controls: true,
    playsinline: true,
    preload: "metadata",
    "aria-label": title,
  });
  const note = el("p", { class: "hint" });
  const expiry = el("p", { class: "hint" });
  const actions = el("div", { class: "actions" });
  const facts = el("p", { class: "facts" }, factWords(video, isOneOfMany));
  const node = el("div", { class: "video" }, screen, note, facts, expiry, actions);
  let address;
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
    if (video.url) actions.append(copyButton("Copy the address", () => video.url));
  };
  const play = () => {
    if (!autoplay || calmly()) return;
    screen.muted = true;
    screen.play().catch(() => {}); // The browser may not want it; the controls are there.
  };

  /** Offers to begin once more, and does so by itself when the network is back. */
  const offerAgain = () => {
    const again = () => {
      waiting.abort();
      actions.replaceChildren();
      load();
    };
    waiting = new AbortController();
    addEventListener("online", again, { signal: waiting.signal });
    actions.append(
      el("button", { type: "button", class: "small", onclick: again }, "Try again"),
    );
  };

  const load = async () => {
    screen.hidden = false;
    note.textContent = "Fetching the video…";
    try {
      const blob = await fetchVideo(open.client, video, name, (text) => (note.textContent = text));
      address = URL.createObjectURL(blob);
      screen.src = address;
      note.textContent = `${size(blob.size)}, in this page's memory until it is closed.`;
      addActions(address, true);
    } catch (error) {
      const giveUp = () => {
        screen.hidden = true;
        screen.removeAttribute("src");
        note.textContent = error.message;
        if (error.code !== "result_expired") offerAgain();
      };
      if (!open.direct || !video.url) return giveUp();
      screen.addEventListener("error", giveUp, { once: true });
      screen.src = video.url;
      note.textContent = "Played from the provider's own address.";
      addActions(video.url, false);
    }
    play();
  };

  const tick = (now) => {
    if (open.keeps?.(video)) {
      expiry.textContent = "The gateway keeps it until it is deleted there.";
      return;
    }
    if (video.expiresAt === undefined) {
      expiry.textContent = "How long the provider keeps it is not documented.";
      return;
    }
    const left = video.expiresAt - now;
    expiry.textContent =
      left > 0
        ? `The provider keeps it for ${span(left)} more, until ${clock(video.expiresAt)}.`
        : "The provider no longer keeps it.";
  };
  tick(Date.now());
  const close = () => {
    waiting.abort();
    if (address) URL.revokeObjectURL(address);
  };
  return { node, load, tick, close };
}

async function fetchVideo(client, video, name, tell) {
  const chunks = [];
  const sink = new WritableStream({ write: (chunk) => void chunks.push(chunk) });
  const onProgress = (bytes, total) =>
    tell(`Fetching the video: ${size(bytes)}${total ? ` of ${size(total)}` : ""}`);
  await client.download(video, sink, { onProgress });
  return new Blob(chunks, { type: TYPES[name.split(".").pop()] });
}

/** The cost of one video is that of the whole job, unless there are several. */
function factWords({ costUsd, seed, nsfw }, isOneOfMany) {
  const texts = [
    costUsd === undefined || !isOneOfMany ? undefined : `Cost ${money(costUsd)}`,
    seed === undefined ? undefined : `Seed ${seed}`,
    nsfw ? "The provider marks it as not safe for work" : undefined,
  ];
  return texts.filter(Boolean).join(" · ");
}

/** A file name for a video: the job's key, its number, and the ending of its address. */
export function videoName(video, key, index) {
  const ending = /\.(mp4|webm|mov)(?:$|[?#])/i.exec(video.url ?? "")?.[1].toLowerCase() ?? "mp4";
  return `filmgate-${key.slice(0, 8)}-${index + 1}.${ending}`;
}
