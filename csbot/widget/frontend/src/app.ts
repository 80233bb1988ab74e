/** The chat in the iframe: session, connection and view put together. */

import { LitElement, html, nothing } from "lit";
import { type Acts, bubbleView } from "./bubbles";
import type { Composer } from "./composer";
import "./composer";
import { Connection, type LinkState } from "./connection";
import type { Envelope } from "./frames";
import { SessionRefused, type SiteInfo, openSession, recall, remember, tokenKey } from "./session";
import { type Bubble, type View, emptyView, failed, reduce, sending } from "./store";
import { type Key, type Language, say } from "./texts";
import "./app.css";

const USUAL_COLOUR = "#1f6f54"; // the tokens' own, which has a twin for the dark
const IDENTITY_WITHIN_MS = 2_000; // a page that said so but tells none is not waited for
const TYPING_FOR_MS = 5_000;
const TYPING_EVERY_MS = 3_000;

export class ChatApp extends LitElement {
  static properties = { view: { state: true }, link: { state: true }, site: { state: true }, language: { state: true }, refusal: { state: true } };

  view: View = emptyView();
  link: LinkState = "connecting";
  site: SiteInfo | null = null;
  language: Language = "zh";
  refusal = "";
  private readonly siteKey = document.body.dataset.site ?? "";
  private readonly connection = new Connection({
    url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/visitor/`,
    token: () => recall(tokenKey(this.siteKey)),
    lastSeq: () => this.view.seq,
    language: () => this.language,
    onFrame: (frame) => this.take(frame),
    onState: (state) => { this.link = state; },
    onExpired: () => void this.start(),
    onUnsendable: (clientId) => this.refuse(clientId),
  });
  private identity = "";
  private hasStarted = false;
  private typingTimer = 0;
  private toldTyping = 0;
  private isAtEnd = true;

  protected createRenderRoot(): HTMLElement {
    return this;
  }

  connectedCallback(): void {
    super.connectedCallback();
    this.speak((recall("csbot.language") || document.documentElement.lang.slice(0, 2)) as Language);
    window.addEventListener("keydown", (event) => event.key === "Escape" && !event.isComposing && this.close());
    window.addEventListener("focus", () => this.focusField());
    window.addEventListener("message", (event) => this.hear(event));
    this.tell("ready");
    if (!this.parameter("identified")) void this.start();
    else window.setTimeout(() => this.hasStarted || void this.start(), IDENTITY_WITHIN_MS);
  }

  /** The page that embeds us says who is signed in there. Somebody else than before gets a view and a connection of their own. */
  private hear(event: MessageEvent): void {
    const told = event.data as { csbot?: string; token?: unknown } | null;
    if (event.source !== window.parent || event.origin !== this.parameter("host")) return;
    if (told?.csbot !== "identity" || typeof told.token !== "string" || (this.hasStarted && told.token === this.identity)) return;
    this.identity = told.token;
    if (this.hasStarted) {
      this.connection.restart();
      this.view = emptyView();
    }
    void this.start();
  }

  private parameter(name: string): string {
    return new URLSearchParams(location.search).get(name) ?? "";
  }

  private async start(): Promise<void> {
    const identity = this.identity;
    this.hasStarted = true;
    try {
      const session = await openSession(this.siteKey, identity);
      if (identity !== this.identity) return; // somebody else came meanwhile, and has begun a session of their own
      this.site = session.site;
      if (session.site.look.colour !== USUAL_COLOUR) document.documentElement.style.setProperty("--color-accent", session.site.look.colour);
      if (!session.site.languages.includes(this.language)) this.speak(session.site.language as Language);
      this.refusal = "";
    } catch (error) {
      this.refusal = error instanceof SessionRefused ? error.message : this.word("failed_reload");
      window.setTimeout(() => this.start(), 5_000);
      return;
    }
    this.connection.open();
  }

  private take(frame: Envelope): void {
    if (frame.type === "hello.ok") {
      const { token, conv } = frame.data as { token?: string; conv: string | null };
      if (token) remember(tokenKey(this.siteKey), token);
      if (!conv && this.view.seq) this.view = emptyView();
    }
    if (frame.type === "msg.ack" || frame.type === "error") {
      const { client_id: id } = frame.data as { client_id?: string };
      if (id) this.connection.settle(id);
    }
    if (frame.type === "typing") {
      window.clearTimeout(this.typingTimer);
      this.typingTimer = window.setTimeout(() => { this.view = { ...this.view, isAgentTyping: false }; }, TYPING_FOR_MS);
    }
    this.view = reduce(this.view, frame);
    if (frame.seq !== null && frame.type === "msg.new") this.tellHost(frame);
    if (this.view.needsState) {
      // Something is missing: the server answers `resume` from nothing with the whole state.
      this.view = { ...this.view, needsState: false, seq: 0 };
      this.connection.send("resume", { last_seq: 0 } as never);
    }
    if (frame.seq !== null) this.connection.send("read", { seq: this.view.seq } as never);
  }

  private tellHost(frame: Envelope): void {
    const { message } = frame.data as { message: { sender: string } };
    if (message.sender !== "visitor") this.tell("message");
  }

  /** To the page that embeds us, and to no other; the loader says which it is. */
  private tell(what: "message" | "close" | "ready"): void {
    const host = this.parameter("host");
    // A page from a file or a sandbox has the origin "null", which nothing can be posted to.
    if (/^https?:/.test(host) && window.parent !== window) window.parent.postMessage({ csbot: what }, host);
  }

  private refuse(clientId: string): void {
    this.connection.settle(clientId);
    this.view = failed(this.view, { code: "too_long", text: this.word("too_long"), client_id: clientId });
  }

  /** With a keyboard the text field is where a visitor wants to be; on a phone it would hide half of the chat. */
  private focusField(): void {
    if (document.activeElement === document.body && window.matchMedia("(pointer: fine)").matches) this.querySelector<Composer>("csbot-composer")?.focusField();
  }

  // --- what the visitor does ---------------------------------------------------------------------------------------

  private ask(text: string): void {
    const clientId = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    this.view = sending(this.view, clientId, text);
    this.isAtEnd = true;
    this.connection.send("msg.send", { client_id: clientId, text } as never);
  }

  private pick(faq: string, text: string): void {
    const clarify = this.view.clarify;
    if (!clarify) return;
    const clientId = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    this.view = sending(this.view, clientId, text);
    this.isAtEnd = true;
    this.connection.send("chip.click", { client_id: clientId, message_id: clarify.message_id, faq } as never);
  }

  private stop(): void {
    const running = this.view.bubbles.find((bubble) => bubble.isStreaming);
    if (running?.gen) this.connection.send("gen.cancel", { gen: running.gen } as never);
  }

  private callPerson(): void {
    this.connection.send("handoff.request", {});
  }

  private backToBot(): void {
    this.connection.send("handoff.cancel", {});
  }

  private readonly acts: Acts = {
    rate: (bubble: Bubble, value: 1 | -1) => {
      this.connection.send("rate", { message_id: bubble.id, value } as never);
      this.view = { ...this.view, bubbles: this.view.bubbles.map((one) => (one === bubble ? { ...one, rating: value } : one)) };
    },
    retry: (bubble: Bubble) => {
      this.view = { ...this.view, bubbles: this.view.bubbles.filter((one) => one !== bubble) };
      this.ask(bubble.text);
    },
  };

  private writing(): void {
    if (this.view.owner === "bot" || Date.now() - this.toldTyping < TYPING_EVERY_MS) return;
    this.toldTyping = Date.now();
    this.connection.send("typing", {});
  }

  /** The visitor's own choice outlives the page; what the page asked for does not. */
  private choose(language: Language): void {
    this.speak(language);
    remember("csbot.language", this.language);
    this.connection.speak();
  }

  private speak(language: Language): void {
    this.language = language === "en" ? "en" : "zh";
    document.documentElement.lang = this.language === "zh" ? "zh-CN" : "en";
  }

  private word(key: Key, values: Record<string, string | number> = {}): string {
    return say(this.language, key, values);
  }

  private close(): void {
    this.tell("close");
  }

  // --- what it looks like ------------------------------------------------------------------------------------------

  protected updated(): void {
    const list = this.querySelector(".messages");
    if (list && this.isAtEnd) list.scrollTop = list.scrollHeight;
  }

  private scrolled(event: Event): void {
    const list = event.target as HTMLElement;
    this.isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  }

  render() {
    return html`
      <header>
        <div class="who"><span class="mark" aria-hidden="true">${this.site?.look.mark || [...(this.site?.name ?? "·")][0]}</span>
          <div><h1>${this.site?.name ?? ""}</h1><p class="state ${this.link}" role="status">${this.stateLine()}</p></div></div>
        <div class="tools">
          <button class="tool" title=${this.word("language")} aria-label=${this.word("language")} @click=${() => this.choose(this.language === "zh" ? "en" : "zh")}>${this.word("language_short")}</button>
          ${window.parent === window ? nothing : html`<button class="tool" title=${this.word("close")} aria-label=${this.word("close")} @click=${this.close}><svg viewBox="0 0 24 24"><path d="M6 9l6 6 6-6" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"/></svg></button>`}
        </div>
      </header>
      <div class="messages" @scroll=${this.scrolled}>
        ${this.refusal ? html`<p class="banner" role="alert">${this.refusal}</p>` : nothing}
        <div role="log" aria-live="polite" aria-relevant="additions" aria-label=${this.word("messages")}><ul>
          ${this.site ? html`<li class="row bot"><div class="bubble"><div class="text"><p>${this.site.greeting[this.language]}</p></div></div></li>` : nothing}
          ${this.view.bubbles.map((bubble) => bubbleView(bubble, this.language, this.acts, bubble.id === this.view.clarify?.message_id))}
          ${this.view.isThinking && this.link === "online" ? html`<li class="row bot"><div class="bubble"><span class="dots" aria-label=${this.word("thinking")}><i></i><i></i><i></i></span></div></li>` : nothing}
        </ul></div>
        ${this.chips()}
        ${this.offer()}
        ${this.view.error ? html`<p class="aside bad" role="alert">${this.view.error}</p>` : nothing}
        ${this.view.isAgentTyping ? html`<p class="aside">${this.word("typing")}</p>` : nothing}
      </div>
      <footer>
        ${this.view.owner === "bot" && this.site ? html`<button class="link person call" @click=${this.callPerson}>${this.word("person")}</button>` : nothing}
        ${this.view.owner === "queue" ? html`<button class="link person back" @click=${this.backToBot}>${this.word("back_to_bot")}</button>` : nothing}
        <csbot-composer .language=${this.language} .canStop=${this.view.bubbles.some((bubble) => bubble.isStreaming)}
          @ask=${(event: CustomEvent<string>) => this.ask(event.detail)} @stop=${this.stop} @writing=${this.writing}></csbot-composer>
      </footer>`;
  }

  private stateLine(): string {
    if (this.link !== "online") return this.word(this.link);
    if (this.view.owner.startsWith("agent")) return this.word("with_agent");
    if (this.view.owner === "queue") return this.queueLine();
    return this.word("intro");
  }

  private queueLine(): string {
    const queue = this.view.queue;
    if (!queue) return this.word(this.view.isStaffed ? "waiting" : "left");
    const place = this.word("queue", { position: queue.position });
    return queue.eta_s === null ? place : `${place} ${this.word("eta", { minutes: Math.max(1, Math.ceil(queue.eta_s / 60)) })}`;
  }

  private chips() {
    const clarify = this.view.clarify;
    if (!clarify) return nothing;
    return html`<div class="chips" role="group">
      ${clarify.options.map((option) => html`<button class="chip" @click=${() => this.pick(option.faq, option.text)}>${option.text}</button>`)}
      <button class="chip none" @click=${() => this.pick("none", clarify.none)}>${clarify.none}</button></div>`;
  }

  private offer() {
    const last = this.view.bubbles[this.view.bubbles.length - 1];
    if (this.view.owner !== "bot" || !last?.wrap?.handoff.offered) return nothing;
    return html`<div class="chips"><button class="chip offer" @click=${this.callPerson}>${this.word("person_yes")}</button></div>`;
  }
}

customElements.define("csbot-chat", ChatApp);
