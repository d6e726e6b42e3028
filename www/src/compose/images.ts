// Image files on their way into the form: read, checked and, if they are larger than any model needs, scaled.

import { size } from "../text/format.js";
import { setImages, images, isMediaList, shownFields } from "../state/draft.js";
import type { PickedImage, ShownField } from "../state/draft.js";
import { announce } from "../state/ui.js";

const TYPES = new Set(["image/jpeg", "image/png", "image/webp", "image/gif"]);
/** A longer side gains nothing: no model takes more. */
const MAX_SIDE = 2048;
/** A smaller file is sent as it is. */
const MAX_BYTES = 4_000_000;
const QUALITY = 0.9;

const NOT_AN_IMAGE = "That file is not an image. Use a JPEG, PNG or WebP.";

export const acceptsFiles = ({ options: { type } }: ShownField): boolean => type === "image" || type === "images";

/** The shown fields that take image files. */
const imageFields = (): ShownField[] => [...shownFields.value.values()].filter(acceptsFiles);

/** Adds files to a field. What is not an image is said beside it, and nothing else changes. */
export async function addFiles(field: ShownField, files: readonly File[]): Promise<void> {
  const { path, label } = field.spec;
  const isList = isMediaList(field.options);
  const read = await Promise.all(files.map(readImage));
  const good = read.filter((image) => image !== undefined);
  const note = good.length < files.length ? NOT_AN_IMAGE : "";
  const before = images.value[path] ?? [];
  const next = isList ? [...before, ...good] : good.slice(0, 1);
  if (good.length > 0) setImages(path, next, note);
  else setImages(path, before, note);
  announce(note || `${label}: ${good.map(({ name }) => name).join("; ")}`);
}

async function readImage(file: File): Promise<PickedImage | undefined> {
  if (!TYPES.has(file.type)) return undefined;
  const bitmap = await createImageBitmap(file).catch(() => undefined);
  if (!bitmap) return undefined;
  const { width, height } = bitmap;
  const name = file.name || "Pasted image";
  const isLarge = file.size > MAX_BYTES && Math.max(width, height) > MAX_SIDE;
  const sent = isLarge ? await scaled(bitmap) : file;
  bitmap.close();
  const shape = isLarge ? `scaled from ${width} × ${height}` : `${width} × ${height}`;
  return { uri: await dataUri(sent), name: `${name}, ${size(sent.size)}, ${shape}` };
}

function scaled(bitmap: ImageBitmap): Promise<Blob> {
  const factor = MAX_SIDE / Math.max(bitmap.width, bitmap.height);
  const canvas = new OffscreenCanvas(Math.round(bitmap.width * factor), Math.round(bitmap.height * factor));
  canvas.getContext("2d")!.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
}

function dataUri(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

/** The field that a file on this element is for: its own, or the first shown one. */
function fieldAt(target: EventTarget | null): ShownField | undefined {
  const path = (target as Element | null)?.closest?.("[data-field]")?.getAttribute("data-field");
  const fields = imageFields();
  return fields.find(({ spec }) => spec.path === path) ?? fields[0];
}

/** Accepts images that are pasted or dropped anywhere. `onDrag`: whether files are held over the page. */
export function bindImageFiles(onDrag: (isOver: boolean) => void): void {
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])].filter(({ type }) => type.startsWith("image/"));
    const field = fieldAt(event.target);
    if (files.length === 0 || !field) return;
    event.preventDefault();
    void addFiles(field, files);
  });
  const carriesFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes("Files") === true;
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    onDrag(true);
  });
  document.addEventListener("dragleave", ({ relatedTarget }) => {
    if (!relatedTarget) onDrag(false);
  });
  // A dropped file must not replace the page.
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    onDrag(false);
    const field = fieldAt(event.target);
    const files = [...event.dataTransfer!.files];
    if (field && files.length > 0) void addFiles(field, files);
  });
}
