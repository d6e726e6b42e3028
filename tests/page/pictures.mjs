// Where the tests write the pictures of the documentation: to docs/ only if asked to.
import { join } from "node:path";
import { root } from "../../scripts/lib/run.mjs";

export const PICTURES = join(root, process.env.SCREENSHOTS ?? join("tests", "output", "pictures"));
