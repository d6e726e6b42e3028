// A server component: it videos while it renders, where the address asks for that.
import { createFilmgate } from "filmgate";
import { Frontend } from "../common/frontend.mjs";
import { generateEverywhere } from "../common/generate.mjs";
import { Client } from "./client";

export default async function Page({ searchParams }) {
  const { where, ...providers } = await searchParams;
  if (where === "frontend") return <Frontend providers={providers} />;
  if (where === "client") return <Client providers={providers} />;
  const videos = await generateEverywhere(createFilmgate, providers);
  return <output id="report">{JSON.stringify({ videos })}</output>;
}
