// What is called again and again, as `{ what: { by: function } }`. Each time it is another request: the last result is
// remembered, so that one request repeated would measure the memory of it.
import * as ajv from "../validators/ajv.mjs";
import * as valibot from "../validators/valibot.mjs";
import * as zodMini from "../validators/zod-mini.mjs";
import * as zod from "../validators/zod.mjs";
import { pollsOfPeers, readersOf } from "./answers.mjs";
import { AGAIN, ALL, KINDS, ONE, PROVIDERS, RESPONSE, TWO, validation } from "./names.mjs";
import { both, ours, varied, wire } from "./requests.mjs";

const validators = { valibot, "zod/mini": zodMini, zod, ajv };

/** `filmgates` are by name: `{ validate, quote, reader }`. */
export function callsOf(filmgates) {
  const each = (make) => mapValues(filmgates, make);
  const any = { ...both, model: undefined };
  return {
    ...validationsOf(filmgates),
    "`validate`": each(({ validate }) => () => validate(varied(both))),
    "`quote`": each(({ quote }) => () => quote(varied(both))),
    [ONE]: each(({ validate, quote }) => () => {
      const request = varied(both);
      return [validate(request), quote(request)];
    }),
    [TWO]: each(({ validate, quote }) => () => [validate(varied(both)), quote(varied(both))]),
    [AGAIN]: each(({ validate, quote }) => () => [validate(both), quote(both)]),
    [ALL]: each(({ quote }) => () => quote(varied(any))),
    [RESPONSE]: { ...readersOf(filmgates), ...pollsOfPeers },
  };
}

function validationsOf(filmgates) {
  const rows = {};
  for (const provider of Object.keys(PROVIDERS)) {
    for (const kind of Object.keys(KINDS)) {
      const request = ours[provider][kind];
      rows[validation(provider, kind)] = {
        ...mapValues(filmgates, ({ validate }) => () => errorsOf(validate(varied(request)), provider)),
        ...mapValues(validators, (validator) => () => validator[provider](wire[provider][kind])),
      };
    }
  }
  return mustBeRight(rows);
}

/** filmgate validates for all providers at once; the issues of this provider are picked. */
function errorsOf({ issues, listings }, provider) {
  const own = listings.find((listing) => listing.provider === provider).issues;
  return [...issues, ...own].filter(({ severity }) => severity === "error");
}

/** A validation without issues is quick. */
function mustBeRight(rows) {
  for (const [what, row] of Object.entries(rows)) {
    const wanted = what.endsWith(KINDS.wrong) ? 3 : 0;
    for (const [by, validate] of Object.entries(row)) {
      const errors = validate();
      if (errors.length !== wanted) throw new Error(`${by}, ${what}: ${JSON.stringify(errors)}`);
    }
  }
  return rows;
}

function mapValues(object, map) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]));
}
