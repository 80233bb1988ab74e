/** Canned replies: which fit what was typed after "/", and what stands in their places. */

import type { Canned } from "./shapes";

/** What is typed after a "/" that begins the text or follows a space; null where nobody looks for a canned reply. */
export function wanted(text: string, caret: number): string | null {
  const found = /(?:^|\s)\/([^\s/]*)$/u.exec(text.slice(0, caret));
  return found ? (found[1] ?? "") : null;
}

/** Those of the conversation's language first; by shortcut before text. */
export function fitting(replies: Canned[], query: string, language: string): Canned[] {
  const looked = query.toLowerCase();
  const rank = (reply: Canned) =>
    (reply.language === language ? 0 : 4) + (reply.shortcut.toLowerCase().startsWith(looked) ? 0 : reply.shortcut.toLowerCase().includes(looked) ? 1 : 2);
  return replies
    .filter((reply) => [reply.shortcut, reply.category, reply.text].some((part) => part.toLowerCase().includes(looked)))
    .sort((a, b) => rank(a) - rank(b) || a.category.localeCompare(b.category) || a.shortcut.localeCompare(b.shortcut))
    .slice(0, 8);
}

/** The text with the reply in the place of "/query", and where the caret is then. */
export function inserted(text: string, caret: number, reply: string): { text: string; caret: number } {
  const before = text.slice(0, caret).replace(/\/([^\s/]*)$/u, "");
  return { text: before + reply + text.slice(caret), caret: before.length + reply.length };
}

export function filled(reply: string, values: Record<string, string>): string {
  return reply.replace(/\{(visitor|agent|site)\}/g, (_, name: string) => values[name] ?? "");
}
