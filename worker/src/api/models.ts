// The operator's choice of models: the default, and other names for models of the catalog.
import type { Env } from "../env.js";
import { listingsOf } from "./catalog.js";

const DEFAULT_MODEL = "wan-2.6";

/** What is wrong with the operator's variables. */
export function modelProblems(env: Env): { code: string; message: string }[] {
  const model = defaultModel(env);
  const problems = isLive(model) ? [] : [{ code: "default_model", message: defaultModelIssue(model) }];
  for (const pair of pairsOf(env.MODEL_ALIASES)) {
    const [alias, target = ""] = pair;
    const isPair = pair.length === 2 && alias && target;
    if (isPair && isLive(target)) continue;
    problems.push({ code: "model_aliases", message: isPair ? aliasIssue(alias, target) : ALIASES_ARE_PAIRS });
  }
  return problems;
}

const ALIASES_ARE_PAIRS = "MODEL_ALIASES must be pairs such as `sora-2=wan-2.6`, separated by commas.";

/** The model that a request means, and what is wrong with the variable that says so. */
export function modelOf(env: Env, requested: unknown): { model: unknown; issue?: string } {
  if (requested === undefined) {
    const model = defaultModel(env);
    return isLive(model) ? { model } : { model, issue: `${defaultModelIssue(model)} Or send \`model\`.` };
  }
  const target = pairsOf(env.MODEL_ALIASES).find(([alias]) => alias === requested)?.[1];
  if (!target) return { model: requested };
  return isLive(target) ? { model: target } : { model: target, issue: aliasIssue(String(requested), target) };
}

const defaultModel = (env: Env): string => env.DEFAULT_MODEL || DEFAULT_MODEL;

/** Whether a provider still offers it. */
const isLive = (model: string): boolean => listingsOf(model).some(({ status }) => status.state !== "retired");

const pairsOf = (text = ""): string[][] =>
  text
    .split(",")
    .filter((pair) => pair.trim())
    .map((pair) => pair.split("=").map((side) => side.trim()));

const defaultModelIssue = (model: string): string =>
  `DEFAULT_MODEL is \`${model}\`, which no provider offers. Set it to a model of \`GET /v1/models\`, such as \`${DEFAULT_MODEL}\`.`;

const aliasIssue = (alias: string, target: string): string =>
  `MODEL_ALIASES maps \`${alias}\` to \`${target}\`, which no provider offers. Map it to a model of \`GET /v1/models\`.`;
