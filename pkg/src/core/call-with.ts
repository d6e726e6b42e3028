import { call } from "./instance.js";
import type { Settings } from "./protocol.js";
import { Values } from "./values.js";

/** A call for which the instance must have the caller's catalog. An instance after a trap has none. */
export function callWith<T>({ catalog }: Pick<Settings, "catalog">, use: Parameters<typeof call<T>>[0]): T {
  return call((core, instance) => {
    if (catalog && !core.hasCatalog(catalog.number)) {
      core.addCatalog(catalog.number, new Values().encodeState(catalog.models));
    }
    return use(core, instance);
  });
}
