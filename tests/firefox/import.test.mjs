// The default entry in Firefox: imported without a tool, with its module inside, under a strict policy.
import { test } from "node:test";
import { prove } from "../packaging/lib/prove.mjs";
import { visit } from "./visit.mjs";

test("`import` by an import map: a video at both providers", (t) =>
  prove({ generate: (providers) => visit(t, providers) }, t));
