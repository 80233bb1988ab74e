// Writes the hash of the sources and of what was built from them, so that a test without Node can tell stale or edited files.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";

const sources = readdirSync("src").sort().map((name) => `src/${name}`);
const texts = ["en", "zh"].map((language) => `../../locale/desk.${language}.json`);
const built = ["app.css", "app.js"].map((name) => `../static/dashboard/${name}`);
const digest = createHash("sha256");
for (const path of [...sources, "vite.config.ts", "package-lock.json", ...texts, ...built]) digest.update(readFileSync(path));
writeFileSync("../static/dashboard/sources.sha256", `${digest.digest("hex")}\n`);
