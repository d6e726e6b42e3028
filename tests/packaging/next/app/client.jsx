"use client";
import { createFilmgate } from "filmgate";
import { useEffect, useState } from "react";
import { filmEverywhere } from "../common/film.mjs";

export function Client({ providers }) {
  const [report, setReport] = useState();
  useEffect(() => {
    filmEverywhere(createFilmgate, providers).then(
      (films) => setReport({ films }),
      (error) => setReport({ error: `${error.name}: ${error.message}` }),
    );
  }, [providers]);
  return <output id="report">{report && JSON.stringify(report)}</output>;
}
