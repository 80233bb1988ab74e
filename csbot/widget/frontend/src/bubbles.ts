/** One message as it looks: text, sources, rating, what became of it. Knows bubbles; sends nothing itself. */

import { type TemplateResult, html, nothing } from "lit";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import { render } from "./markdown";
import type { Bubble } from "./store";
import { type Language, say } from "./texts";

export interface Acts {
  rate: (bubble: Bubble, value: 1 | -1) => void;
  retry: (bubble: Bubble) => void;
}

/** `isOpen`: its options still stand below as chips. */
export function bubbleView(bubble: Bubble, language: Language, acts: Acts, isOpen = false): TemplateResult {
  const isMine = bubble.sender === "visitor";
  return html`<li class="row ${isMine ? "mine" : bubble.sender}" data-id=${bubble.id}>
    <div class="bubble ${bubble.isStreaming ? "streaming" : ""} ${bubble.state ?? ""}">
      ${isMine ? html`<p class="plain">${bubble.text}</p>` : html`<div class="text">${unsafeHTML(render(bubble.text))}</div>`}
      ${isOpen ? nothing : offered(bubble)}
      ${bubble.isStreaming && !bubble.text ? html`<span class="dots" aria-label=${say(language, "thinking")}><i></i><i></i><i></i></span>` : nothing}
    </div>
    ${bubble.notice ? html`<p class="aside">${bubble.notice}</p>` : nothing}
    ${ending(bubble, language)}
    ${isMine ? delivery(bubble, language, acts) : nothing}
    ${sources(bubble, language)}
    ${rating(bubble, language, acts)}
  </li>`;
}

/** What was asked back stays readable when its chips are gone. */
function offered(bubble: Bubble) {
  if (!bubble.wrap?.options?.length) return nothing;
  return html`<ul class="offered">${bubble.wrap.options.map((option) => html`<li>${option.text}</li>`)}</ul>`;
}

function ending(bubble: Bubble, language: Language) {
  if (bubble.finish === "cancelled") return html`<p class="aside">${say(language, "stopped")}</p>`;
  if (bubble.finish === "unsupported" && bubble.text && bubble.wrap?.route === "generate") return html`<p class="aside">${say(language, "unsupported")}</p>`;
  return nothing;
}

function delivery(bubble: Bubble, language: Language, acts: Acts) {
  if (bubble.state === "sending") return html`<p class="aside">${say(language, "sending")}</p>`;
  if (bubble.state !== "failed") return nothing;
  return html`<p class="aside bad" role="alert">${bubble.error || say(language, "failed")}
    <button class="link" @click=${() => acts.retry(bubble)}>${say(language, "retry")}</button></p>`;
}

function sources(bubble: Bubble, language: Language) {
  const hasAnswer = !bubble.wrap || bubble.wrap.route === "answer" || bubble.wrap.route === "generate";
  if (bubble.sender !== "bot" || !bubble.sources?.length || !hasAnswer) return nothing;
  return html`<details class="sources"><summary>${say(language, "sources")} · ${bubble.sources.length}</summary><ul>
    ${bubble.sources.map((source) => html`<li>${source.url && /^https?:/.test(source.url)
      ? html`<a href=${source.url} target="_blank" rel="noopener noreferrer">${source.title}</a>` : source.title}</li>`)}
  </ul></details>`;
}

function rating(bubble: Bubble, language: Language, acts: Acts) {
  const route = bubble.wrap?.route;
  if (bubble.sender !== "bot" || bubble.isStreaming || (route !== "answer" && route !== "generate")) return nothing;
  const button = (value: 1 | -1, key: "helpful" | "not_helpful") => html`<button class="thumb ${bubble.rating === value ? "chosen" : ""}"
    aria-pressed=${bubble.rating === value} aria-label=${say(language, key)} title=${say(language, key)} @click=${() => acts.rate(bubble, value)}>
    <svg viewBox="0 0 24 24" class=${value < 0 ? "down" : ""}><path d="M7 22V10l4-8c1.7 0 2.5 1.2 2.2 2.8L12.6 9H19a2 2 0 0 1 2 2.4l-1.5 8A2 2 0 0 1 17.500 21H7zM3 10h2v12H3z"/></svg></button>`;
  return html`<div class="rating">${button(1, "helpful")}${button(-1, "not_helpful")}
    ${bubble.rating ? html`<span class="aside">${say(language, "thanks_rating")}</span>` : nothing}</div>`;
}
