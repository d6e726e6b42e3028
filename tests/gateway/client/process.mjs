// A process of its own that generates through a gateway and dies at a chosen moment.
import { createFilmgate } from "../../../pkg/dist/index.js";
import { folderStore } from "../../../pkg/dist/node/index.js";

const { folder, gateway, request, dies } = JSON.parse(process.argv[2]);
const die = () => process.kill(process.pid, "SIGKILL");

const dying = async (sent) => {
  const isOrder = sent.method === "POST";
  if (isOrder && dies === "before it leaves") die();
  const answer = await fetch(sent);
  if (isOrder && dies === "before its answer is read") die();
  if (!isOrder && dies === "while it runs") die();
  return answer;
};

const client = createFilmgate({ gateway, store: folderStore(folder), fetch: dying });
await client.generate(request);
