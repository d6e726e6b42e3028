// The catalog in use: where it is from, what of it is left out, and another one in its place.
import { request, send } from "./api.js";
import { field, openForm, openNotice } from "./dialogs.js";
import { forgetModels } from "./models.js";
import { byId, el, showItems, showMessage, span, table } from "./parts.js";

const SOURCES = { built_in: "built in", upload: "uploaded", url: "from CATALOG_URL" };
const MAX_BYTES = 1_000_000;

const LEFT_OUT = {
  label: "Left out",
  empty: "Nothing. Every entry is used.",
  keyOf: ({ path }) => path,
  columns: [
    { label: "Model", isTitle: true, cell: ({ model }) => model },
    { label: "Place", cell: ({ path }) => el("code", {}, path) },
    { label: "Why", cell: ({ message }) => message },
  ],
};

let showLeftOut;

async function refresh() {
  const latest = await request("GET", "/catalog");
  return () => show(latest);
}

function show({ source, version, date, modelCount, ownModelCount, leftOut, storedAt, url }) {
  const facts = [
    { label: "Source", value: SOURCES[source] ?? source, note: version ? `version ${version}` : "of this deployment" },
    { label: "Date", value: date ?? "unknown", note: "of its documents" },
    { label: "Models", value: String(modelCount), note: source === "built_in" ? "all built in" : `${ownModelCount} of them not built in` },
    ...(storedAt ? [{ label: "In use for", value: span(Date.now() - storedAt), note: "" }] : []),
    ...(url?.fetchedAt ? [{ label: "Fetched", value: `${span(Date.now() - url.fetchedAt)} ago`, note: url.error ? "failed" : "succeeded" }] : []),
  ];
  showItems(byId("catalog-facts"), facts, ({ label }) => label, ({ label, value, note }) =>
    el("div", { class: "tile" }, el("dt", {}, label), el("dd", {}, el("strong", {}, value), " ", el("span", {}, note))),
  );
  showMessage(byId("catalog-url-error"), url?.error ?? "");
  byId("delete-catalog").hidden = source === "built_in";
  showLeftOut ??= table(byId("left-out"), LEFT_OUT);
  showLeftOut(leftOut);
}

function changed() {
  forgetModels();
  dispatchEvent(new Event("changed"));
}

function openUpload() {
  const input = el("input", { type: "file", name: "catalog", accept: ".json,application/json", required: true });
  openForm("Upload a catalog", {
    fields: [field("File", input, "A later catalog.json of the package filmgate, or a list of models.")],
    label: "Upload",
    hint: "Invalid entries are left out and named. Without a valid one, the catalog in use stays.",
    send: async () => {
      const [file] = input.files;
      if (file.size > MAX_BYTES) throw new Error("The file has more than 1,000,000 bytes.");
      const headers = { "content-type": "application/json" };
      const { ownModelCount, leftOut } = await (await send("PUT", "/catalog", { body: file, headers })).json();
      const without = leftOut.length > 0 ? ` ${leftOut.length} ${leftOut.length === 1 ? "entry is" : "entries are"} left out.` : "";
      return () => {
        changed();
        openNotice("The catalog is replaced", `${ownModelCount} ${ownModelCount === 1 ? "model is" : "models are"} in use.${without}`);
      };
    },
  });
}

function openDelete() {
  openForm("Use the built-in catalog?", {
    fields: [el("p", {}, "Models that only the present catalog has cannot be used any more. Jobs that exist continue.")],
    label: "Use the built-in catalog",
    isDangerous: true,
    send: async () => {
      await request("DELETE", "/catalog");
      return changed;
    },
  });
}

byId("upload-catalog").addEventListener("click", openUpload);
byId("delete-catalog").addEventListener("click", openDelete);

export const catalog = { refresh };
