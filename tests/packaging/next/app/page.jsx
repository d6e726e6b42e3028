// A server component: it films while it renders, where the address asks for that.
import { createFilmgate } from "filmgate";
import { filmEverywhere } from "../common/film.mjs";
import { Client } from "./client";

export default async function Page({ searchParams }) {
  const { where, ...providers } = await searchParams;
  if (where === "client") return <Client providers={providers} />;
  const films = await filmEverywhere(createFilmgate, providers);
  return <output id="report">{JSON.stringify({ films })}</output>;
}
