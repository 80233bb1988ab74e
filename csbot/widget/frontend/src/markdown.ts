/** A small, safe part of Markdown: what the bot may write, nothing that could run or load. */

import DOMPurify from "dompurify";
import { marked } from "marked";

const TAGS = ["p", "br", "strong", "em", "code", "pre", "ul", "ol", "li", "a", "blockquote"];

DOMPurify.addHook("afterSanitizeAttributes", (node) => {
  if (node.tagName !== "A") return;
  node.setAttribute("target", "_blank");
  node.setAttribute("rel", "noopener noreferrer nofollow");
});

export function render(text: string): string {
  const html = marked.parse(text, { async: false, breaks: true, gfm: true });
  return DOMPurify.sanitize(html, { ALLOWED_TAGS: TAGS, ALLOWED_ATTR: ["href"], ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|tel:)/i });
}
