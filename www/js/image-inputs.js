// Fields for images and videos: URLs, and for images also files that are chosen, pasted or dropped,
// which are sent as data URIs. Only such a file is previewed: the page never fetches a URL by itself.

import { announce, el } from "./dom.js";
import { controlAttributes, frameOf, idOf } from "./field.js";
import { size } from "./format.js";

const isData = (text) => text.startsWith("data:");

/** A field of `type` image, images or videos; `onChange` is called when its images change. */
export function createMediaField(spec, type, onChange) {
  const isList = type !== "image";
  const acceptsFiles = type !== "videos";
  let images = [];

  const urlInput = isList
    ? el("textarea", { ...controlAttributes(spec.path), rows: 2, inputmode: "url", spellcheck: "false" })
    : el("input", { ...controlAttributes(spec.path), inputmode: "url", spellcheck: "false" });
  urlInput.placeholder = "https://…";
  const file = el("input", {
    type: "file",
    id: `${idOf(spec.path)}-file`,
    accept: "image/*",
    multiple: isList,
    class: "hidden",
    "aria-label": `${spec.label} from a file`,
  });
  const chooser = el(
    "label",
    { class: "button small", for: file.id },
    file,
    isList ? "Choose files" : "Choose a file",
  );
  const row = el("div", { class: "media-input" }, urlInput, acceptsFiles ? chooser : undefined);
  const previews = el("div", { class: "previews" });
  const frame = frameOf(spec, row, previews);
  const { node, hint } = frame;

  const show = () => {
    row.hidden = !isList && images.length > 0;
    const shown = images.map((image) => preview(spec, image, () => remove(image)));
    previews.replaceChildren(...shown);
  };
  const setImages = (next) => {
    images = next;
    show();
    onChange(spec.path);
  };
  const remove = (image) => {
    setImages(images.filter((other) => other !== image));
    urlInput.focus();
  };
  const addFiles = async (blobs) => {
    const files = blobs.filter((blob) => blob.type.startsWith("image/"));
    if (files.length < blobs.length) {
      announce("That file is not an image.");
      hint.textContent = "That file is not an image. Use a JPEG, PNG or WebP.";
    }
    if (files.length === 0) return;
    const read = await Promise.all(files.map(readImage));
    setImages(isList ? [...images, ...read] : read.slice(0, 1));
    announce(`${spec.label}: ${read.map(({ name }) => name).join("; ")}`);
  };
  file.addEventListener("change", () => {
    addFiles([...file.files]);
    file.value = "";
  });

  const urls = () => urlInput.value.split("\n").map((line) => line.trim()).filter(Boolean);
  return {
    path: spec.path,
    node,
    list: frame.list,
    control: urlInput,
    acceptsFiles,
    addFiles,
    value() {
      const all = [...urls(), ...images.map(({ uri }) => uri)];
      if (isList) return all.length > 0 ? all : undefined;
      return images[0]?.uri ?? all[0];
    },
    /** The typed URLs, without the images from files. */
    typed: () => (isList && urls().length > 0 ? urls() : urls()[0]),
    set(value) {
      const all = [value ?? []].flat();
      const texts = all.map((item) => (typeof item === "string" ? item : JSON.stringify(item)));
      urlInput.value = texts.filter((text) => !isData(text)).join("\n");
      images = texts.filter(isData).map((uri) => ({ uri, name: "Image" }));
      show();
    },
    /** The images from files, `{ uri, name }`. */
    images: () => images,
    restoreImages(stored) {
      images = stored;
      show();
    },
    /** Shows that images were too large to be stored. */
    showNotStored(names) {
      hint.textContent = `${names.join("; ")}: too large to be stored here. Choose it again.`;
    },
    describe({ required, limits }) {
      frame.mark.hidden = !required;
      if (required) urlInput.setAttribute("aria-required", "true");
      else urlInput.removeAttribute("aria-required");
      const how = isList
        ? `One URL per line${acceptsFiles ? "; images from files are added after them" : ""}.`
        : "A URL, or a file: choose, paste or drop one here.";
      hint.textContent = [spec.hint, how, limits].filter(Boolean).join(" ");
    },
  };
}

function preview({ label }, { uri, name }, onRemove) {
  const remove = { type: "button", class: "small", onclick: onRemove };
  return el(
    "figure",
    { class: "preview" },
    el("img", { src: uri, alt: `${label}: the chosen image` }),
    el("figcaption", {}, name),
    el("button", remove, "Remove the image"),
  );
}

/** Accepts images pasted anywhere or dropped on a field. `fields()` returns the shown ones. */
export function bindImageFiles(fields) {
  const at = (target) => fields().find(({ node }) => node.contains(target));
  document.addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    const images = files.filter(({ type }) => type.startsWith("image/"));
    const field = at(event.target) ?? fields()[0];
    if (images.length === 0 || !field) return;
    event.preventDefault();
    field.addFiles(images);
  });

  const mark = (marked) => {
    for (const field of fields()) field.node.classList.toggle("over", field === marked);
  };
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    mark(at(event.target));
  });
  document.addEventListener("dragleave", () => mark(undefined));
  // A file dropped outside a field must not replace the page.
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    mark(undefined);
    const dropped = [...event.dataTransfer.files];
    if (dropped.length > 0) at(event.target)?.addFiles(dropped);
  });
}

const readImage = async (blob) => ({
  uri: await dataUri(blob),
  name: `${blob.name || "Pasted image"}, ${size(blob.size)}`,
});

function dataUri(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
