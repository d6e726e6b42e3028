// A field for images or videos: URLs, and for images also files that are chosen, pasted or dropped, which are sent as
// data URIs. Only such a file is previewed: the page never fetches a URL by itself.

import { Icon } from "../shell/parts.js";
import { edit, imageNotes, images, isMediaList, setImages, values } from "../state/draft.js";
import type { PickedImage, ShownField } from "../state/draft.js";
import { focusById } from "../state/ui.js";
import { FieldFrame, controlAttributes } from "./field.js";
import { acceptsFiles, addFiles } from "./images.js";
import { idOf } from "./issue-list.js";

export function MediaField({ field }: { field: ShownField }) {
  const { spec, options } = field;
  const { path, label } = spec;
  const isList = isMediaList(options);
  const chosen = images.value[path] ?? [];
  const note = imageNotes.value[path];
  const hints = [spec.hint, howText(isList, acceptsFiles(field)), options.limits];
  return (
    <FieldFrame
      field={field}
      hint={hints.filter(Boolean).join(" ")}
      after={note ? <p class="hint error" id={`${idOf(path)}-note`}>{note}</p> : undefined}
    >
      <div class="media-input" hidden={!isList && chosen.length > 0}>
        {acceptsFiles(field) && <FileTile field={field} />}
        <UrlInput field={field} isList={isList} />
      </div>
      <div class="previews">
        {chosen.map((image) => (
          <Preview key={image.uri} label={label} image={image} onRemove={() => remove(path, image)} />
        ))}
      </div>
    </FieldFrame>
  );
}

function howText(isList: boolean, takesFiles: boolean): string {
  if (!isList) return "A picture from here, or its URL.";
  return `One URL per line${takesFiles ? "; pictures from files follow" : ""}.`;
}

function FileTile({ field }: { field: ShownField }) {
  const { path, label } = field.spec;
  const id = `${idOf(path)}-file`;
  const onChange = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    void addFiles(field, [...(input.files ?? [])]);
    input.value = "";
  };
  return (
    <label class="button tile" for={id}>
      <input
        type="file"
        id={id}
        accept="image/*"
        multiple={isMediaList(field.options)}
        class="hidden"
        aria-label={`${label} from a file`}
        onChange={onChange}
      />
      <Icon name="plus" />
    </label>
  );
}

function UrlInput({ field, isList }: { field: ShownField; isList: boolean }) {
  const { path } = field.spec;
  const attributes = {
    ...controlAttributes(path, field.options),
    inputMode: "url" as const,
    spellcheck: false,
    placeholder: isList ? "https://… one per line" : "Drop a picture, or paste https://…",
    value: values.value[path] ?? "",
    onInput: (event: Event) => edit(path, (event.currentTarget as HTMLInputElement).value),
  };
  return isList ? <textarea {...attributes} rows={2} /> : <input {...attributes} />;
}

function remove(path: string, image: PickedImage): void {
  setImages(path, (images.value[path] ?? []).filter((other) => other !== image));
  requestAnimationFrame(() => focusById(idOf(path)));
}

function Preview({ label, image: { uri, name }, onRemove }: { label: string; image: PickedImage; onRemove(): void }) {
  return (
    <figure class="preview">
      <img src={uri} alt={`${label}: the chosen image`} />
      <figcaption>{name}</figcaption>
      <button type="button" class="quiet small" onClick={onRemove} aria-label="Remove the image">
        <Icon name="close" />
      </button>
    </figure>
  );
}
