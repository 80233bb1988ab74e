import { describe, expect, it } from "vitest";
import type { Envelope } from "../src/frames";
import { emptyView, reduce, sending, type View } from "../src/store";

const frame = (type: string, data: unknown, seq: number | null = null): Envelope =>
  ({ v: 1, type, conv: "c", seq, ts: "", id: "", cause: null, data }) as unknown as Envelope;
const message = (id: string, sender: string, text: string, more = {}) => ({ message: { id, sender, text, language: "en", ts: "", ...more } });
const play = (frames: Envelope[], view: View = emptyView()) => frames.reduce(reduce, view);
const wrap = { route: "generate", sources: [], handoff: { offered: false, reason: "" } };

describe("the reducer", () => {
  it("takes a durable frame once", () => {
    const one = frame("msg.new", message("m1", "bot", "hi"), 1);
    expect(play([one, one]).bubbles).toHaveLength(1);
  });

  it("asks for the state where a frame is missing", () => {
    const view = play([frame("msg.new", message("m1", "bot", "hi"), 1), frame("msg.new", message("m3", "bot", "yo"), 3)]);
    expect([view.needsState, view.seq, view.bubbles.length]).toEqual([true, 1, 1]);
  });

  it("assembles deltas by code points, also when they overlap", () => {
    const view = play([
      frame("gen.start", { gen: "g", sources: [] }, 1),
      frame("gen.delta", { gen: "g", off: 0, text: "a😀b" }),
      frame("gen.delta", { gen: "g", off: 2, text: "bc" }),
      frame("gen.end", { gen: "g", message_id: "m", finish: "stop", length: 4, sha256: "", sources: [], wrap }, 2),
    ]);
    expect([view.bubbles[0]?.text, view.bubbles[0]?.isStreaming, view.needsState]).toEqual(["a😀bc", false, false]);
  });

  it("keeps the filter's sentence beside its message, also for a tab that opens later", () => {
    const notice = { message_id: "m", text: "Some words were replaced." };
    const live = play([frame("msg.new", message("m", "bot", "a ***"), 1), frame("filter.notice", notice, 2)]);
    const later = play([frame("state", { seq: 2, owner: "bot", ver: 1, messages: [message("m", "bot", "a ***", { notice: notice.text }).message] })]);
    expect([live.bubbles[0]?.notice, later.bubbles[0]?.notice]).toEqual([notice.text, notice.text]);
  });

  it("asks for the state where the text is too short at its end", () => {
    const view = play([
      frame("gen.start", { gen: "g", sources: [] }, 1),
      frame("gen.delta", { gen: "g", off: 5, text: "late" }),
      frame("gen.end", { gen: "g", message_id: "m", finish: "stop", length: 9, sha256: "", sources: [], wrap }, 2),
    ]);
    expect(view.needsState).toBe(true);
  });

  it("discards an aborted attempt", () => {
    const view = play([frame("gen.start", { gen: "g", sources: [] }, 1), frame("gen.abort", { gen: "g", reason: "restarted" }, 2)]);
    expect([view.bubbles.length, view.isThinking]).toEqual([0, true]);
  });

  it("shows a sent message once, whichever comes first", () => {
    const mine = message("m1", "visitor", "hello", { client_id: "x" });
    const sent = sending(emptyView(), "x", "hello");
    const ack = frame("msg.ack", { client_id: "x", id: "m1", seq: 1 });
    for (const frames of [[ack, frame("msg.new", mine, 1)], [frame("msg.new", mine, 1), ack]]) {
      const view = play(frames, sent);
      expect(view.bubbles.map((bubble) => [bubble.id, bubble.state])).toEqual([["m1", "sent"]]);
    }
  });

  it("puts an error beside the message that it is about", () => {
    const view = play([frame("error", { code: "too_fast", text: "slow down", client_id: "x" })], sending(emptyView(), "x", "hello"));
    expect([view.bubbles[0]?.state, view.bubbles[0]?.error, view.error]).toEqual(["failed", "slow down", ""]);
  });

  it("starts anew from a state", () => {
    const state = { seq: 7, owner: "queue", ver: 2, messages: [message("m1", "bot", "hi").message], queue: { position: 2, eta_s: null } };
    const view = play([frame("state", state)], play([frame("msg.new", message("old", "bot", "x"), 1)]));
    expect([view.seq, view.owner, view.bubbles.length, view.queue?.position]).toEqual([7, "queue", 1, 2]);
  });
});

describe("the reception", () => {
  it("remembers whether somebody is there, also across a whole state", () => {
    const state = { seq: 4, owner: "queue", messages: [], queue: null, clarify: null, gen: null };
    expect(play([frame("presence", { agents_online: false }), frame("state", state)]).isStaffed).toBe(false);
  });
});
