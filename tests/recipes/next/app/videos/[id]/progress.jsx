"use client";
import { useEffect, useState } from "react";
import { checkVideo } from "../../actions.js";

/** The URL has the job: a reload, another device or a new deploy continues it. */
export function Progress({ id }) {
  const [job, setJob] = useState({ status: "checking" });
  useEffect(() => {
    let timer;
    const check = async () => {
      const next = await checkVideo(id).catch(() => ({ status: "offline", nextPollAt: Date.now() + 5_000 }));
      setJob(next);
      if (next.nextPollAt) timer = setTimeout(check, Math.max(1_000, next.nextPollAt - Date.now()));
    };
    check();
    return () => clearTimeout(timer);
  }, [id]);
  if (job.status === "completed") return <video src={`/videos/${id}/content`} controls />;
  return <p role="status">{job.error ?? job.status}</p>;
}
