const { createFilmgate } = require("filmgate");

async function main() {
  const { filmEverywhere } = await import("./common/film.mjs");
  const films = await filmEverywhere(createFilmgate, JSON.parse(process.argv[2]));
  console.log(JSON.stringify({ films }));
}

main();
