// The API reference: a page for each entry of the package, made from the types that it ships.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Application, Comment, CommentTag, Converter, LiteralType, UnionType } from "typedoc";
import { Logger, LogLevel, ReflectionKind } from "typedoc";
import { MarkdownTheme, MarkdownThemeContext } from "typedoc-plugin-markdown";
import { root } from "../../../scripts/lib/run.mjs";

/** What is written about, in the order of a page; and the files of the types that are about it. */
const SUBJECTS = {
  Clients: ["create-client", "client", "common"],
  Requests: ["request"],
  Quotes: ["quote", "probe"],
  Jobs: ["job"],
  Events: ["event"],
  Errors: ["error"],
  "The catalog": ["models"],
  Downloads: ["download"],
  Stores: ["store", "memory", "indexeddb"],
};

const AFTER_INHERITANCE = -100;
const DOCUMENTED = [
  "Function",
  "Class",
  "Interface",
  "TypeAlias",
  "Variable",
  "Property",
  "Method",
];

/** The entries of the package that have types: `{ name, file }`. */
export function entries() {
  const { exports } = JSON.parse(readFileSync(join(root, "pkg", "package.json"), "utf8"));
  return Object.entries(exports)
    .filter(([, { types }]) => types?.endsWith(".d.ts"))
    .map(([path, { types }]) => ({ name: join("filmgate", path), file: join(root, "pkg", types) }));
}

/** Writes the reference into a folder; returns what the types do not describe. */
export async function writeReference(out) {
  const found = entries();
  const said = [];
  const app = await Application.bootstrapWithPlugins({
    entryPoints: found.map(({ file }) => file),
    tsconfig: join(import.meta.dirname, "tsconfig.json"),
    plugin: ["typedoc-plugin-markdown", addTheme],
    theme: "filmgate",
    router: "module",
    readme: "none",
    name: "API reference",
    out,
    disableSources: true,
    excludeExternals: true,
    excludeReferences: true,
    categorizeByGroup: false,
    categoryOrder: Object.keys(SUBJECTS),
    sort: ["kind", "source-order"],
    kindSortOrder: ["Module", "Function", "Variable", "Class", "Interface", "TypeAlias"],
    // Helpers of the types of custom models.
    intentionallyNotExported: ["OrUndefined", "Partially"],
    validation: { notDocumented: true, notExported: true, invalidLink: true },
    requiredToBeDocumented: DOCUMENTED,
    // Its own numbering of names that differ only in their case is not that of headings.
    useHTMLAnchors: true,
    hideBreadcrumbs: true,
    hidePageHeader: true,
    expandParameters: true,
    parametersFormat: "none",
    interfacePropertiesFormat: "table",
    classPropertiesFormat: "table",
    typeDeclarationFormat: "table",
    tableColumnSettings: {
      hideDefaults: true,
      hideInherited: true,
      hideModifiers: true,
      hideOverrides: true,
      hideSources: true,
    },
  });
  app.logger = new Listener(said);
  // Descriptions are inherited by then, and categories are not yet made.
  const sort = ({ project }) => {
    for (const entry of project.children) nameAndSort(entry, found);
  };
  app.converter.on(Converter.EVENT_RESOLVE_END, sort, AFTER_INHERITANCE);
  const project = await app.convert();
  if (!project) throw new Error(said.join("\n"));
  app.validate(project);
  await app.generateOutputs(project);
  return said;
}

/** The first page: every name that can be imported, by entry and subject. */
function indexOf(project, router) {
  const linked = (child) => `[\`${child.name}\`](${router.getFullUrl(child)})`;
  const named = ({ name }) => project.children.find((entry) => entry.name === name);
  const sections = entries()
    .map(named)
    .map((entry) => {
      const subjects = entry.categories ?? [{ title: "", children: entry.children }];
      const lines = subjects.map(({ title, children }) => {
        const names = children.map(linked).join(", ");
        return title ? `- **${title}**: ${names}` : names;
      });
      return `## ${entry.name}\n\n${lines.join("\n")}\n`;
    });
  const intro =
    "Made by `npm run docs` from the types that the package ships. The pages to read first are in\n" +
    "[docs/](../README.md).\n";
  return ["# API reference\n", intro, ...sections].join("\n");
}

class Listener extends Logger {
  constructor(said) {
    super();
    this.said = said;
  }

  log(message, level) {
    // A nameless part of a type is described by the whole.
    if (level >= LogLevel.Warn && !message.includes(".__type.")) this.said.push(message);
  }
}

/** An entry is called as it is imported, and what it exports is filed under its subject. */
function nameAndSort(entry, found) {
  const file = entry.project.getSymbolIdFromReflection(entry)?.fileName;
  entry.name = found.find((one) => one.file.endsWith(file)).name;
  if (entry.name !== "filmgate") return;
  for (const child of entry.children) {
    const { fileName } = entry.project.getSymbolIdFromReflection(child);
    const of = basename(fileName, ".d.ts");
    const [subject] = Object.entries(SUBJECTS).find(([, files]) => files.includes(of)) ?? [of];
    const commented = child.signatures?.[0] ?? child;
    commented.comment ??= new Comment();
    commented.comment.blockTags.push(
      new CommentTag("@category", [{ kind: "text", text: subject }]),
    );
  }
}

function addTheme(app) {
  app.renderer.defineTheme("filmgate", Theme);
}

class Theme extends MarkdownTheme {
  reflectionTemplate = ({ model, ...page }) =>
    model.isProject()
      ? indexOf(model, this.router)
      : this.getRenderContext({ model, ...page }).templates.reflection({ model, ...page });

  getRenderContext(page) {
    const context = new MarkdownThemeContext(this, page, this.application.options);
    const { declaration } = context.partials;
    // Each table already has what a type takes from others.
    context.partials.hierarchy = () => "";
    // The signature already says what comes back.
    context.partials.signatureReturns = () => "";
    context.partials.declaration = (model, options) =>
      [declaration(model, options), meanings(context, model)].filter(Boolean).join("\n\n");
    return context;
  }
}

/** A table of a type's words, where each has a description of its own. */
function meanings(context, { kind, type }) {
  const isWords = kind === ReflectionKind.TypeAlias && type instanceof UnionType;
  if (!isWords || !type.elementSummaries) return "";
  const rows = type.types.map((word, at) => {
    const said = context.helpers.getCommentParts(type.elementSummaries[at] ?? []);
    return word instanceof LiteralType && `| \`${word.value}\` | ${said.replace(/\s+/g, " ")} |`;
  });
  return rows.every(Boolean) ? ["| Value | Meaning |", "| --- | --- |", ...rows].join("\n") : "";
}
