import { describe, expect, it } from "vitest";
import { filled, fitting, inserted, wanted } from "../src/canned";
import { belongs, merged, neighbour, ordered } from "../src/list";
import type { Bubble, Canned, Detail, Row } from "../src/shapes";
import { entries, reloaded, step } from "../src/talk";

const row = (id: string, more: Partial<Row> = {}): Row => ({
  id, site: { id: "s", name: "Shop" }, visitor: { id: "v", number: "AB12", name: "" }, owner: "bot", agent: null, ver: 1, seq: 1, unread: 0, preview: null, language: "en", labels: [],
  origin: "widget", is_demo: false, is_warned: false, queued_at: null, waiting_s: null, position: null, handoff_reason: "", closed: null, created: "2026-01-01", changed: "2026-01-01", ...more,
});
const bubble = (id: string, more: Partial<Bubble> = {}): Bubble => ({ id, sender: "visitor", text: id, ts: "2026-01-01T10:00:00.000Z", ...more });
const talk = (more: Partial<Detail> = {}): Detail => ({
  ...row("c"), visitor: { id: "v", number: "AB12", name: "", external_id: "", email: "", language: "en", first_seen: "", conversations: 1 }, messages: [], notes: [], handoffs: [], owners: [], visitor_read_seq: 0, seq: 1, ...more,
});
const frame = (type: string, data: unknown, seq: number | null = null) => ({ type, seq, data });

describe("the list", () => {
  it("takes a newer row in the place of an older one, and never the other way round", () => {
    const newer = row("a", { changed: "2026-01-03", ver: 3 });
    expect(merged([newer], [row("a", { changed: "2026-01-02", ver: 2 })], "all", "me")[0]?.ver).toBe(3);
    expect(merged([row("a")], [newer], "all", "me")[0]?.ver).toBe(3);
  });

  it("lets go of what no longer belongs to the view", () => {
    const waiting = row("a", { owner: "queue" });
    expect(merged([waiting], [row("a", { owner: "agent:me", changed: "2026-01-02" })], "waiting", "me")).toEqual([]);
    expect(belongs(row("a", { owner: "agent:me" }), "mine", "me")).toBe(true);
    expect(belongs(row("a", { closed: "2026-01-01" }), "bot", "me")).toBe(false);
  });

  it("keeps the queue in the order of coming, and all else newest first", () => {
    const rows = [row("b", { queued_at: "2026-01-02", changed: "2026-01-05" }), row("a", { queued_at: "2026-01-01", changed: "2026-01-04" })];
    expect(ordered(rows, "waiting").map((one) => one.id)).toEqual(["a", "b"]);
    expect(ordered(rows, "all").map((one) => one.id)).toEqual(["b", "a"]);
  });

  it("steps to the neighbour and stays at the ends", () => {
    const rows = [row("a"), row("b")];
    expect([neighbour(rows, null, 1)?.id, neighbour(rows, "a", 1)?.id, neighbour(rows, "b", 1)?.id, neighbour(rows, "a", -1)?.id]).toEqual(["a", "b", "b", "a"]);
  });
});

describe("the conversation", () => {
  it("takes each durable frame once and asks to be loaded where one is missing", () => {
    const first = step(talk(), frame("msg.new", { message: bubble("m") }, 2));
    expect([first.talk.messages.length, step(first.talk, frame("msg.new", { message: bubble("m") }, 2)).talk.messages.length]).toEqual([1, 1]);
    expect(step(talk(), frame("msg.new", { message: bubble("m") }, 4)).isStale).toBe(true);
  });

  it("grows an answer by code points and drops one that was taken over", () => {
    let now = talk();
    for (const one of [frame("gen.start", { gen: "g" }, 2), frame("gen.delta", { gen: "g", off: 0, text: "a😀b" }), frame("gen.delta", { gen: "g", off: 2, text: "bc" })]) now = step(now, one).talk;
    expect(now.messages[0]?.text).toBe("a😀bc");
    expect(step(now, frame("gen.abort", { gen: "g" }, 3)).talk.messages).toEqual([]);
  });

  it("keeps what this browser is still sending when it is loaded anew, and does not double what arrived", () => {
    const old = talk({ messages: [bubble("x", { client_id: "x", state: "sending" }), bubble("y", { client_id: "y", state: "sending" })] });
    const fresh = talk({ seq: 2, messages: [bubble("m1", { client_id: "x" })] });
    expect(reloaded(fresh, old).messages.map((one) => one.client_id)).toEqual(["x", "y"]);
  });

  it("does not go back to an older state", () => {
    expect(reloaded(talk({ seq: 1 }), talk({ seq: 5 })).seq).toBe(5);
  });

  it("puts notes between the messages, and a line before each day", () => {
    const note = { id: "n", author: "Ada", text: "", ts: "2026-01-01T10:30:00.000Z", client_id: "n" };
    const said = talk({ messages: [bubble("a"), bubble("b", { ts: "2026-01-03T09:00:00.000Z" })], notes: [note] });
    expect(entries(said).map((entry) => entry.kind)).toEqual(["day", "bubble", "note", "day", "bubble"]);
  });
});

describe("canned replies", () => {
  const replies: Canned[] = [
    { id: "1", shortcut: "hello", language: "en", category: "greeting", text: "Hello {visitor}, this is {agent}." },
    { id: "2", shortcut: "您好", language: "zh", category: "问候", text: "您好" },
  ];
  it("are looked for after a slash at the beginning of a word only", () => {
    expect([wanted("/he", 3), wanted("say /", 5), wanted("and/or", 6), wanted("hello", 5)]).toEqual(["he", "", null, null]);
  });
  it("come in the conversation's language first and take the slash's place", () => {
    expect(fitting(replies, "", "zh").map((one) => one.id)).toEqual(["2", "1"]);
    expect(inserted("Hi /he there", 6, "Hello")).toEqual({ text: "Hi Hello there", caret: 8 });
    expect(filled(replies[0]!.text, { visitor: "AB12", agent: "Ada" })).toBe("Hello AB12, this is Ada.");
  });
});
