// The two providers as a `fetch` function that does as little as possible: each job is accepted, runs `runMs` and succeeds.
// What is measured with it is the client.

const VIDEO = "https://videos.example/video.mp4";

/** Returns `{ fetch, requests, endsAt }`: the number of requests, and when each job ends, by its id. */
export function openProvider(provider, runMs) {
  const state = { requests: 0, endsAt: new Map() };
  const answer = ANSWERS[provider];
  state.fetch = async (request) => {
    state.requests += 1;
    return Response.json(await answer(request, state.endsAt, runMs));
  };
  return state;
}

const ANSWERS = {
  async runpod({ url }, endsAt, runMs) {
    if (url.endsWith("/run")) {
      const id = `job-${endsAt.size}-u1`;
      endsAt.set(id, Date.now() + runMs);
      return { id, status: "IN_QUEUE" };
    }
    const id = url.slice(url.lastIndexOf("/") + 1);
    if (Date.now() < endsAt.get(id)) return { id, status: "IN_PROGRESS", delayTime: 100 };
    const output = { video_url: VIDEO, cost: 0.5 };
    return { id, status: "COMPLETED", delayTime: 100, executionTime: runMs, output };
  },
  async runware(request, endsAt, runMs) {
    const data = (await request.json()).map(({ taskType, taskUUID }) => {
      if (taskType === "videoInference") {
        endsAt.set(taskUUID, Date.now() + runMs);
        return { taskType, taskUUID };
      }
      const row = { taskType: "videoInference", taskUUID };
      if (Date.now() < endsAt.get(taskUUID)) return { ...row, status: "processing" };
      return { ...row, status: "success", videoUUID: taskUUID, videoURL: VIDEO, cost: 0.5 };
    });
    return { data };
  },
};
