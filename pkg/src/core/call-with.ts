import * as glue from "../glue.js";
import { call } from "./instance.js";
import { pack } from "./pack.js";
import type { Settings } from "./protocol.js";
import { Values } from "./values.js";

/** A call for which the instance must have the caller's catalog. An instance after a trap has none. */
export function callWith<T>({ catalog }: Pick<Settings, "catalog">, use: () => T): T {
  return call(() => {
    if (catalog && !glue.hasCatalog(catalog.number)) {
      glue.addCatalog(catalog.number, pack(new Values().encodeRecord(catalog.models)));
    }
    return use();
  });
}
