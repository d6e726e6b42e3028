const { createFilmgate } = require("filmgate");

async function main() {
  const { generateEverywhere } = await import("./common/generate.mjs");
  const videos = await generateEverywhere(createFilmgate, JSON.parse(process.argv[2]));
  console.log(JSON.stringify({ videos }));
}

main();
