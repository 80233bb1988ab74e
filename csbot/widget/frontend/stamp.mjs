// Writes the hash of what was built, so that a test without Node can tell stale files.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";

const sources = readdirSync("src").sort().map((name) => `src/${name}`);
const texts = ["en", "zh"].map((language) => `../../locale/ui.${language}.json`);
const digest = createHash("sha256");
for (const path of [...sources, "vite.config.ts", "package-lock.json", ...texts]) digest.update(readFileSync(path));
writeFileSync("../static/widget/sources.sha256", `${digest.digest("hex")}\n`);
