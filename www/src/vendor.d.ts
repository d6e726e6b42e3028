// What the bundler provides: the addresses of files, and constants of the build.

declare module "*.wasm" {
  const address: string;
  export default address;
}

declare module "*.webp" {
  const address: string;
  export default address;
}

/** The lowest price of a second of the default request, in US dollars. */
declare const FROM_USD_PER_SECOND: number;

/** Where the sources are; empty: the page does not link them. */
declare const REPOSITORY_URL: string;

/** Where the documents are; empty: the page does not link them. */
declare const DOCS_URL: string;

/** The address of the catalog's file. */
declare const CATALOG_URL: string;

declare module "*.css";
