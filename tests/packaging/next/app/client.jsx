"use client";
import { createFilmgate } from "filmgate";
import { useEffect, useState } from "react";
import { generateEverywhere } from "../common/generate.mjs";

export function Client({ providers }) {
  const [report, setReport] = useState();
  useEffect(() => {
    generateEverywhere(createFilmgate, providers).then(
      (videos) => setReport({ videos }),
      (error) => setReport({ error: `${error.name}: ${error.message}` }),
    );
  }, [providers]);
  return <output id="report">{report && JSON.stringify(report)}</output>;
}
