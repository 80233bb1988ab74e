/** The desk's socket: back-off with jitter, a watch on silence, and what is followed is followed again after each break. */

interface Frame { type: string; conv: string | null; seq: number | null; data: Record<string, unknown> }
export type LinkState = "connecting" | "online" | "offline";

const SILENCE_MS = 45_000;
const LONGEST_PAUSE_MS = 15_000;
const SIGNED_OUT = 4401;

export class Link {
  private socket: WebSocket | null = null;
  private pauseMs = 400;
  private watch = 0;
  private timer = 0;

  constructor(private readonly wants: {
    onFrame: (frame: Frame) => void; onState: (state: LinkState) => void; onOnline: () => void; onSignedOut: () => void;
  }) {
    window.addEventListener("online", () => this.again());
    window.addEventListener("offline", () => this.socket?.close());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.again());
  }

  open(): void {
    window.clearTimeout(this.timer);
    this.wants.onState("connecting");
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/desk/`);
    this.socket = socket;
    socket.onmessage = (event) => {
      this.listen(socket);
      const frame = JSON.parse(event.data as string) as Frame;
      if (frame.type === "desk.hello.ok") {
        this.pauseMs = 400;
        this.wants.onState("online");
        this.wants.onOnline();
      } else this.wants.onFrame(frame);
    };
    socket.onclose = (event) => socket === this.socket && this.closed(event.code);
  }

  follow(conv: string, lastSeq: number): void {
    this.send("desk.open", { conv, last_seq: lastSeq });
  }

  leave(): void {
    this.send("desk.leave", {});
  }

  private send(type: string, data: unknown): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ v: 1, type, data }));
  }

  private listen(socket: WebSocket): void {
    window.clearTimeout(this.watch);
    this.watch = window.setTimeout(() => socket.close(), SILENCE_MS);
  }

  private closed(code: number): void {
    window.clearTimeout(this.watch);
    this.wants.onState("offline");
    if (code === SIGNED_OUT) {
      this.wants.onSignedOut();
      return;
    }
    this.timer = window.setTimeout(() => this.open(), this.pauseMs * (0.5 + Math.random()));
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
  }

  private again(): void {
    if (!this.socket || this.socket.readyState >= WebSocket.CLOSING) this.open();
  }
}
