// Where a link of a page leads in the site: to another page, to a copied picture, or to the repository.
import { existsSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { root } from "../lib/run.mjs";
import { targetOf } from "./markdown.mjs";

const ABSOLUTE = /^(?:[a-z]+:|\/\/)/i;
const PICTURES = /\.(png|svg|webp|gif|jpe?g)$/;

/**
 * Maps the URLs of pages. `ending` is of the pages that are linked (`.html` or `.md`); `from` maps the path of a page to the base
 * that its links are relative to; `pictures` collects what has to be copied.
 */
export class Links {
  /** Files of the repository that pages show, by their path in the site. */
  pictures = new Map();

  #pages;
  #repository;

  constructor(pages, repository) {
    this.#pages = new Map(pages.map((page) => [page.source, page]));
    this.#repository = repository.replace(/\/+$/, "");
  }

  /** For links of `page` that are relative to it, or absolute if there is a `base`. */
  resolver(page, ending, base) {
    return (url, type) => this.#resolve(url, type, page, ending, base);
  }

  #resolve(url, type, page, ending, base) {
    if (ABSOLUTE.test(url)) return url;
    const { file, anchor } = targetOf(page.source, url);
    const target = this.#pages.get(file) ?? this.#pages.get(posix.join(file, "README.md"));
    const relative = (path) => (base === undefined ? posix.relative(posix.dirname(page.path), path) : `${base}${path}`);
    if (target === page && base === undefined) return anchor || posix.basename(page.path) + ending;
    if (target) return `${relative(target.path + ending)}${anchor}`;
    if (type === "image" && PICTURES.test(file)) {
      const path = `docs/${posix.basename(file)}`;
      this.pictures.set(path, file);
      return relative(path);
    }
    return this.#inRepository(file, anchor, page);
  }

  #inRepository(file, anchor, page) {
    const full = join(root, file);
    if (!existsSync(full)) throw new Error(`${page.source} links ${file}, which does not exist`);
    if (this.#repository === "") return undefined;
    return `${this.#repository}/${statSync(full).isDirectory() ? "tree" : "blob"}/main/${file}${anchor}`;
  }
}
