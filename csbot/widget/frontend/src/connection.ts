/**
 * The socket's life: hello first, back-off with jitter, a watch on the heartbeat, and every message that was not
 * acknowledged sent again under its own id. Knows the wire; nothing of what frames mean.
 */

import type { Envelope } from "./frames";

export type LinkState = "connecting" | "online" | "offline";

interface Wants {
  url: string;
  token: () => string;
  lastSeq: () => number;
  language: () => string;
  onFrame: (frame: Envelope) => void;
  onState: (state: LinkState) => void;
  onExpired: () => void;
  onUnsendable: (clientId: string) => void;
}

const SILENCE_MS = 45_000;
const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 15_000;
const NO_SESSION = 4401;
const UNREADABLE = [1007, 1009]; // the server could not take a frame: broken, or too big

export class Connection {
  private socket: WebSocket | null = null;
  private pauseMs = FIRST_PAUSE_MS;
  private timer = 0;
  private watch = 0;
  private waiting = new Map<string, [string, unknown]>();
  private isReady = false;
  private hasBegun = false; // before the first session there is nothing to try again

  constructor(private readonly wants: Wants) {
    window.addEventListener("online", () => this.retryNow());
    window.addEventListener("offline", () => this.drop());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.retryNow());
  }

  open(): void {
    this.hasBegun = true;
    window.clearTimeout(this.timer);
    this.wants.onState("connecting");
    const socket = new WebSocket(this.wants.url);
    this.socket = socket;
    socket.onopen = () => this.hello();
    socket.onmessage = (event) => this.receive(JSON.parse(event.data as string) as Envelope);
    socket.onclose = (event) => this.closed(socket, event.code);
  }

  /** Another visitor speaks from now on: nothing of the one before is sent any more. */
  restart(): void {
    this.waiting.clear();
    this.drop();
  }

  /** Sent now, or as soon as there is a connection; kept until `settle` where it has a client id. */
  send(type: string, data: { client_id?: string }): void {
    if (data.client_id) this.waiting.set(data.client_id, [type, data]);
    if (this.isReady) this.raw(type, data);
  }

  /** Errors come in the visitor's language from now on. */
  speak(): void {
    if (this.isReady) this.hello();
  }

  settle(clientId: string): void {
    this.waiting.delete(clientId);
  }

  private receive(frame: Envelope): void {
    this.listen();
    if (frame.type === "hello.ok") {
      this.isReady = true;
      this.pauseMs = FIRST_PAUSE_MS;
      this.wants.onState("online");
      for (const [type, data] of this.waiting.values()) this.raw(type, data);
    }
    this.wants.onFrame(frame);
  }

  private hello(): void {
    this.raw("hello", { token: this.wants.token(), v: 1, last_seq: this.wants.lastSeq(), language: this.wants.language() });
  }

  private raw(type: string, data: unknown): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ v: 1, type, data }));
  }

  private listen(): void {
    window.clearTimeout(this.watch);
    this.watch = window.setTimeout(() => this.socket?.close(), SILENCE_MS);
  }

  private closed(socket: WebSocket, code: number): void {
    if (socket !== this.socket) return;
    this.isReady = false;
    window.clearTimeout(this.watch);
    this.wants.onState("offline");
    if (UNREADABLE.includes(code)) for (const clientId of [...this.waiting.keys()]) this.wants.onUnsendable(clientId);
    if (code === NO_SESSION) {
      this.wants.onExpired();
      return;
    }
    this.timer = window.setTimeout(() => this.open(), this.pauseMs * (0.5 + Math.random()));
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
  }

  private retryNow(): void {
    if (!this.hasBegun) return;
    if (!this.socket || this.socket.readyState >= WebSocket.CLOSING) this.open();
  }

  /** The network is gone: say so now, the socket itself would notice much later. */
  private drop(): void {
    const dropped = this.socket;
    this.socket = null;
    this.isReady = false;
    window.clearTimeout(this.watch);
    dropped?.close();
    this.wants.onState("offline");
  }
}
