/** A listed word as agents read of it: what matched, how it was written, what came of it and who decided that. */

import type { Hit } from "./shapes";
import { say, word } from "./texts";

export function hitInWords(hit: Hit): string {
  const about = [
    hit.found && hit.found.toLowerCase() !== hit.term.toLowerCase() ? say("written_as", { text: hit.found }) : "",
    hit.category ? word("category", hit.category) : "",
    hit.level ? word("level", hit.level.replace(" ", "_")) : "",
    hit.why ? word("why", hit.why) : "",
  ].filter(Boolean);
  return about.length ? `${hit.term} (${about.join(", ")})` : hit.term;
}
