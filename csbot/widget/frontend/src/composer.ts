/** Where the visitor writes. Enter sends, Shift+Enter makes a line; Enter that ends a composition (Chinese input) never sends. */

import { LitElement, html } from "lit";
import { type Language, say } from "./texts";

const IN_COMPOSITION = 229;

export class Composer extends LitElement {
  static properties = { language: { type: String }, canStop: { type: Boolean } };

  language: Language = "zh";
  canStop = false;
  private isComposing = false;

  protected createRenderRoot(): HTMLElement {
    return this;
  }

  private get field(): HTMLTextAreaElement {
    return this.querySelector("textarea") as HTMLTextAreaElement;
  }

  focusField(): void {
    this.field?.focus();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey) return;
    // Safari ends the composition before the key arrives, so the flag outlives it by a tick; others say 229 or isComposing.
    if (event.isComposing || event.keyCode === IN_COMPOSITION || this.isComposing) return;
    event.preventDefault();
    this.submit();
  }

  private submit(): void {
    const text = this.field.value.trim();
    if (!text) return;
    this.dispatchEvent(new CustomEvent("ask", { detail: text, bubbles: true }));
    this.field.value = "";
    this.fit();
  }

  private fit(): void {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 140)}px`;
    this.dispatchEvent(new CustomEvent("writing", { bubbles: true }));
  }

  render() {
    const word = (key: Parameters<typeof say>[1]) => say(this.language, key);
    return html`<form class="composer" @submit=${(event: Event) => { event.preventDefault(); this.submit(); }}>
      <textarea rows="1" aria-label=${word("placeholder")} placeholder=${word("placeholder")}
        @compositionstart=${() => { this.isComposing = true; }}
        @compositionend=${() => setTimeout(() => { this.isComposing = false; })}
        @keydown=${this.onKey} @input=${this.fit}></textarea>
      ${this.canStop
        ? html`<button type="button" class="round stop" aria-label=${word("cancel_answer")} title=${word("cancel_answer")}
            @click=${() => this.dispatchEvent(new CustomEvent("stop", { bubbles: true }))}><svg viewBox="0 0 24 24"><rect x="7" y="7" width="10" height="10" rx="2"/></svg></button>`
        : html`<button type="submit" class="round" aria-label=${word("send")} title=${word("send")}><svg viewBox="0 0 24 24"><path d="M4 12l16-8-6 16-3-6z"/></svg></button>`}
    </form>`;
  }
}

customElements.define("csbot-composer", Composer);
