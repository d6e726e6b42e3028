// Fields of pictures and videos: addresses, and for pictures also files that are chosen, pasted or
// dropped and travel as data URIs. Only the picture itself is shown: an address is not fetched behind
// the user's back.

import { announce, el } from "./dom.js";
import { frameOf, idOf, naming } from "./field.js";
import { size } from "./format.js";

const isData = (text) => text.startsWith("data:");

/** A field of `type` image, images or videos; `onChange` is called when its pictures have changed. */
export function createMedia(spec, type, onChange) {
  const isList = type !== "image";
  const takesFiles = type !== "videos";
  let pictures = [];

  const address = isList
    ? el("textarea", { ...naming(spec.path), rows: 2, inputmode: "url", spellcheck: "false" })
    : el("input", { ...naming(spec.path), inputmode: "url", spellcheck: "false" });
  address.placeholder = "https://…";
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
  const row = el("div", { class: "address" }, address, takesFiles ? chooser : undefined);
  const previews = el("div", { class: "previews" });
  const frame = frameOf(spec, row, previews);
  const { node, hint } = frame;

  const show = () => {
    row.hidden = !isList && pictures.length > 0;
    const shown = pictures.map((picture) => preview(spec, picture, () => drop(picture)));
    previews.replaceChildren(...shown);
  };
  const put = (next) => {
    pictures = next;
    show();
    onChange(spec.path);
  };
  const drop = (picture) => {
    put(pictures.filter((kept) => kept !== picture));
    address.focus();
  };
  const take = async (blobs) => {
    const images = blobs.filter((blob) => blob.type.startsWith("image/"));
    if (images.length < blobs.length) {
      announce("That file is not a picture.");
      hint.textContent = "That file is not a picture. Take a JPEG, PNG or WebP.";
    }
    if (images.length === 0) return;
    const read = await Promise.all(images.map(readPicture));
    put(isList ? [...pictures, ...read] : read.slice(0, 1));
    announce(`${spec.label}: ${read.map(({ name }) => name).join("; ")}`);
  };
  file.addEventListener("change", () => {
    take([...file.files]);
    file.value = "";
  });

  const addresses = () => address.value.split("\n").map((line) => line.trim()).filter(Boolean);
  return {
    path: spec.path,
    node,
    list: frame.list,
    control: address,
    takesFiles,
    take,
    value() {
      const all = [...addresses(), ...pictures.map(({ uri }) => uri)];
      if (isList) return all.length > 0 ? all : undefined;
      return pictures[0]?.uri ?? all[0];
    },
    /** What is typed, without the pictures. */
    typed: () => (isList && addresses().length > 0 ? addresses() : addresses()[0]),
    set(value) {
      const all = [value ?? []].flat();
      const texts = all.map((item) => (typeof item === "string" ? item : JSON.stringify(item)));
      address.value = texts.filter((text) => !isData(text)).join("\n");
      pictures = texts.filter(isData).map((uri) => ({ uri, name: "ImageInput" }));
      show();
    },
    /** The chosen pictures, `{ uri, name }`. */
    pictures: () => pictures,
    putBack(kept) {
      pictures = kept;
      show();
    },
    /** Says that pictures could not be kept. */
    missing(names) {
      hint.textContent = `${names.join("; ")}: too large to be kept here. Choose it again.`;
    },
    describe({ needed, notes }) {
      frame.mark.hidden = !needed;
      if (needed) address.setAttribute("aria-required", "true");
      else address.removeAttribute("aria-required");
      const how = isList
        ? `One address a line${takesFiles ? "; pictures from files come after them" : ""}.`
        : "An address, or a file: choose, paste or drop one here.";
      hint.textContent = [spec.hint, how, notes].filter(Boolean).join(" ");
    },
  };
}

function preview({ label }, { uri, name }, onRemove) {
  const remove = { type: "button", class: "small", onclick: onRemove };
  return el(
    "figure",
    { class: "preview" },
    el("img", { src: uri, alt: `${label}: the picture that you chose` }),
    el("figcaption", {}, name),
    el("button", remove, "Remove the picture"),
  );
}

/** Lets pictures be pasted anywhere, and be dropped on a field. `fields` gives those that are shown. */
export function wirePictures(fields) {
  const at = (target) => fields().find(({ node }) => node.contains(target));
  document.addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    const pictures = files.filter(({ type }) => type.startsWith("image/"));
    const field = at(event.target) ?? fields()[0];
    if (pictures.length === 0 || !field) return;
    event.preventDefault();
    field.take(pictures);
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
  // Dropped beside a field, a file must not replace the page.
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    mark(undefined);
    const dropped = [...event.dataTransfer.files];
    if (dropped.length > 0) at(event.target)?.take(dropped);
  });
}

const readPicture = async (blob) => ({
  uri: await dataUri(blob),
  name: `${blob.name || "Pasted picture"}, ${size(blob.size)}`,
});

function dataUri(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
