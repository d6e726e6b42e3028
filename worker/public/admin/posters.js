// The first frames of videos. An image cannot send the admin token, so they are fetched here.
import { send } from "./api.js";
import { el } from "./parts.js";

/** As many stay in memory. */
const MAX_POSTERS = 200;

const urls = new Map();

/** A picture of the video; a plain box while there is none. */
export function posterOf({ id, status, progress, filmgate }) {
  const box = el("span", { class: "picture", "data-status": status });
  if (status === "queued" || status === "in_progress") {
    const fill = el("span", { class: "progress" });
    fill.style.width = `${progress ?? 0}%`;
    box.append(fill);
  }
  if (status === "completed") box.append(el("span", { class: "play" }));
  if (filmgate?.poster) {
    void posterUrl(id).then(
      (url) => box.prepend(el("img", { src: url, alt: "" })),
      () => {},
    );
  }
  return box;
}

function posterUrl(id) {
  const known = urls.get(id);
  if (known) return known;
  const url = send("GET", `/videos/${id}/content?variant=thumbnail`).then(async (response) =>
    URL.createObjectURL(await response.blob()),
  );
  urls.set(id, url);
  url.catch(() => urls.delete(id));
  const [oldest] = urls.keys();
  if (urls.size > MAX_POSTERS) {
    void urls.get(oldest).then((text) => URL.revokeObjectURL(text), () => {});
    urls.delete(oldest);
  }
  return url;
}
