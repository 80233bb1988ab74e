/** One conversation as plain values: what was loaded, and what the socket's frames make of it (DESIGN 3). */

import type { Bubble, Change, Detail, Note } from "./shapes";

interface Frame { type: string; seq: number | null; data: unknown }
/** What the frames' data hold, each its own part of it (csbot/conversations/events.py). */
interface Data { message: Bubble; gen: string; off: number; text: string; owner: string; ver: number }

/** What a frame leads to: the conversation as it is then, or that it has to be loaded anew. */
export interface Step { talk: Detail; isStale: boolean }

export function step(talk: Detail, frame: Frame): Step {
  if (frame.type === "state") return { talk, isStale: true };
  if (frame.seq !== null) {
    if (frame.seq <= talk.seq) return { talk, isStale: false };
    if (frame.seq > talk.seq + 1) return { talk, isStale: true };
    talk = { ...talk, seq: frame.seq };
  }
  const data = frame.data as Data;
  switch (frame.type) {
    case "msg.new":
    case "msg.updated": return { talk: withMessage(talk, data.message), isStale: data.message.sender === "bot" };
    case "gen.start": return { talk: started(talk, data.gen), isStale: false };
    case "gen.delta": return { talk: grown(talk, data), isStale: false };
    case "gen.end": return { talk, isStale: true };
    case "gen.abort": return { talk: { ...talk, messages: talk.messages.filter((bubble) => bubble.gen !== data.gen) }, isStale: false };
    case "owner.changed": return { talk: { ...talk, owner: data.owner, ver: data.ver }, isStale: true };
    default: return { talk, isStale: false };
  }
}

/** Loaded anew: what this browser has written and the server does not know yet stays, and so does a running answer. */
export function reloaded(fresh: Detail, old: Detail | null): Detail {
  if (!old || old.id !== fresh.id) return fresh;
  if (old.seq > fresh.seq) return old;
  const known = new Set(fresh.messages.map((bubble) => bubble.client_id ?? bubble.id));
  const noted = new Set(fresh.notes.map((note) => note.client_id));
  const isRunning = (bubble: Bubble) => bubble.isStreaming && old.seq === fresh.seq;
  const mine = old.messages.filter((bubble) => (bubble.state && !known.has(bubble.client_id ?? "")) || isRunning(bubble));
  return { ...fresh, messages: [...fresh.messages, ...mine], notes: [...fresh.notes, ...old.notes.filter((note) => note.state && !noted.has(note.client_id))] };
}

function withMessage(talk: Detail, message: Bubble): Detail {
  const place = talk.messages.findIndex((bubble) => bubble.id === message.id || (bubble.client_id !== undefined && bubble.client_id === message.client_id));
  const messages = place < 0 ? [...talk.messages, message] : talk.messages.map((bubble, index) => (index === place ? { ...bubble, ...message, state: undefined } : bubble));
  return { ...talk, messages };
}

function started(talk: Detail, gen: string): Detail {
  if (talk.messages.some((bubble) => bubble.gen === gen)) return talk;
  const bubble: Bubble = { id: gen, gen, sender: "bot", text: "", ts: new Date().toISOString(), isStreaming: true };
  return { ...talk, messages: [...talk.messages, bubble] };
}

/** Offsets count code points; what overlaps is written over, what lies beyond the end waits for the whole text. */
function grown(talk: Detail, delta: { gen: string; off: number; text: string }): Detail {
  const messages = started(talk, delta.gen).messages.map((bubble) => {
    if (bubble.gen !== delta.gen) return bubble;
    const points = Array.from(bubble.text);
    return delta.off <= points.length ? { ...bubble, text: points.slice(0, delta.off).join("") + delta.text } : bubble;
  });
  return { ...talk, messages };
}

export type Entry = { kind: "day"; key: string; ts: string } | { kind: "bubble"; key: string; ts: string; bubble: Bubble } | { kind: "note"; key: string; ts: string; note: Note }
  | { kind: "change"; key: string; ts: string; change: Change };

/** Messages, notes and changes of who has it, in the order of their times, with a line for each new day. */
export function entries(talk: Detail): Entry[] {
  const said: Entry[] = [
    ...talk.messages.map((bubble): Entry => ({ kind: "bubble", key: bubble.client_id || bubble.id, ts: bubble.ts, bubble })),
    ...talk.owners.map((change): Entry => ({ kind: "change", key: `${change.ts} ${change.owner}`, ts: change.ts, change })),
    ...talk.notes.map((note): Entry => ({ kind: "note", key: note.client_id || note.id, ts: note.ts, note })),
  ].map((entry, index) => ({ entry, index })).sort((a, b) => (a.entry.ts === b.entry.ts ? a.index - b.index : a.entry.ts < b.entry.ts ? -1 : 1)).map(({ entry }) => entry);
  const found: Entry[] = [];
  let last = "";
  for (const entry of said) {
    const date = new Date(entry.ts).toDateString();
    if (date !== last) found.push({ kind: "day", key: date, ts: entry.ts });
    last = date;
    found.push(entry);
  }
  return found;
}
