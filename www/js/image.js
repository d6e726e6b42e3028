// The first frame: an address, or a picture that is chosen, pasted or dropped and travels as a data
// URI. Only the picture itself is shown: an address is not fetched behind the user's back.

import { byId, announce } from "./dom.js";
import { size } from "./format.js";

/** Wires the image field; `onChange` is called when the image has changed. */
export function createImage(onChange) {
  const address = byId("image");
  const file = byId("image-file");
  let picture;

  const show = () => {
    byId("image-preview").hidden = picture === undefined;
    byId("image-address").hidden = picture !== undefined;
    byId("inline-row").hidden = picture === undefined;
    byId("image-name").textContent = picture?.name ?? "";
    if (picture) byId("image-thumb").src = picture.uri;
    else byId("image-thumb").removeAttribute("src");
  };
  const put = (next) => {
    picture = next;
    show();
    onChange();
  };
  const take = async (blob) => {
    if (!blob.type.startsWith("image/")) {
      announce("That file is not a picture.");
      byId("image-hint").textContent = "That file is not a picture. Take a JPEG, PNG or WebP.";
      return;
    }
    put({ uri: await dataUri(blob), name: `${blob.name || "Pasted picture"}, ${size(blob.size)}` });
    announce(`First frame: ${picture.name}`);
  };

  address.addEventListener("input", onChange);
  file.addEventListener("change", () => {
    if (file.files.length > 0) take(file.files[0]);
    file.value = "";
  });
  byId("image-remove").addEventListener("click", () => {
    put(undefined);
    address.focus();
  });
  wirePaste(take);
  wireDrop(byId("drop"), take);

  return {
    value: () => picture?.uri ?? (address.value.trim() || undefined),
    /** The picture's own file name, for the code to copy. */
    fileName: () => picture?.name.replace(/, [^,]*$/, ""),
    /** The chosen picture, `{ uri, name }`, where it is no address. */
    picture: () => picture,
    putBack(kept) {
      picture = kept;
      show();
    },
    /** Says that a picture could not be kept. */
    missing(name) {
      byId("image-hint").textContent = `${name}: too large to be kept here. Choose it again.`;
    },
    set(value) {
      const isData = value?.startsWith("data:") === true;
      address.value = isData ? "" : (value ?? "");
      picture = isData ? { uri: value, name: "Picture" } : undefined;
      show();
    },
  };
}

/** A picture pasted anywhere in the page. */
function wirePaste(take) {
  document.addEventListener("paste", (event) => {
    const picture = [...event.clipboardData.files].find(({ type }) => type.startsWith("image/"));
    if (!picture) return;
    event.preventDefault();
    take(picture);
  });
}

/** A file dropped on the field. Dropped beside it, it must not replace the page. */
function wireDrop(zone, take) {
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  const mark = (event) => zone.classList.toggle("over", zone.contains(event.target));
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    mark(event);
  });
  document.addEventListener("dragleave", () => zone.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    zone.classList.remove("over");
    const [dropped] = event.dataTransfer.files;
    if (dropped && zone.contains(event.target)) take(dropped);
  });
}

function dataUri(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
