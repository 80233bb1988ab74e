/**
 * From frames to what is shown. A pure reducer: the same frames give the same view. Durable frames are taken once, in
 * order of `seq`; deltas by their offset in code points; a text is complete when its length is.
 */

import type { Clarify, Envelope, GenDelta, GenEnd, GenStart, MessageData, MsgAck, Presence, QueueUpdate, RunningGen, Source, State, Wrap } from "./frames";

export interface Bubble {
  id: string;
  sender: MessageData["sender"];
  text: string;
  wrap?: Wrap;
  rating?: 1 | -1;
  finish?: string;
  gen?: string;
  isStreaming?: boolean;
  sources?: Source[];
  notice?: string;
  clientId?: string;
  state?: "sending" | "sent" | "failed";
  error?: string;
}

export interface View {
  seq: number;
  bubbles: Bubble[];
  clarify: Clarify | null;
  owner: string;
  queue: QueueUpdate | null;
  isAgentTyping: boolean;
  isStaffed: boolean;
  isThinking: boolean;
  error: string;
  needsState: boolean;
}

export const emptyView = (): View => ({
  seq: 0, bubbles: [], clarify: null, owner: "bot", queue: null, isAgentTyping: false, isStaffed: true, isThinking: false, error: "", needsState: false,
});

export function sending(view: View, clientId: string, text: string): View {
  const bubble: Bubble = { id: clientId, sender: "visitor", text, clientId, state: "sending" };
  return { ...view, bubbles: [...view.bubbles, bubble], clarify: null, error: "", isThinking: view.owner === "bot" };
}

export function reduce(view: View, frame: Envelope): View {
  if (frame.seq !== null) {
    if (frame.seq <= view.seq) return view;
    if (frame.seq > view.seq + 1 && view.seq > 0) return { ...view, needsState: true };
    view = { ...view, seq: frame.seq };
  }
  const data: unknown = frame.data;
  switch (frame.type) {
    case "state": return fromState(data as State, view);
    case "msg.ack": return acknowledged(view, data as MsgAck);
    case "msg.new": return withMessage(view, (data as { message: MessageData }).message);
    case "msg.updated": return updated(view, (data as { message: MessageData }).message);
    case "clarify": return { ...view, clarify: data as Clarify };
    case "gen.start": return started(view, data as GenStart);
    case "gen.delta": return grown(view, data as GenDelta);
    case "gen.end": return finished(view, data as GenEnd);
    case "gen.abort": return { ...view, bubbles: view.bubbles.filter((bubble) => bubble.gen !== (data as { gen: string }).gen), isThinking: (data as { reason: string }).reason === "restarted" };
    case "filter.notice": return noticed(view, data as { gen?: string; message_id?: string; text: string });
    case "owner.changed": return ownerChanged(view, (data as { owner: string }).owner);
    case "queue.update": return { ...view, queue: data as QueueUpdate };
    case "presence": return { ...view, isStaffed: (data as Presence).agents_online };
    case "typing": return { ...view, isAgentTyping: true };
    case "error": return failed(view, data as { code: string; text: string; client_id?: string });
    default: return view;
  }
}

function fromState(state: State, old: View): View {
  const view: View = { ...emptyView(), isStaffed: old.isStaffed, seq: state.seq, owner: state.owner, clarify: state.clarify ?? null, queue: state.queue ?? null };
  view.bubbles = state.messages.map(bubbleOf);
  return state.gen ? resumed(view, state.gen) : view;
}

function resumed(view: View, gen: RunningGen): View {
  const bubble: Bubble = { id: gen.gen, gen: gen.gen, sender: "bot", text: gen.text, isStreaming: true, sources: gen.sources };
  return { ...view, bubbles: [...view.bubbles, bubble] };
}

function bubbleOf(message: MessageData): Bubble {
  return {
    id: message.id, sender: message.sender, text: message.text, wrap: message.wrap, rating: message.rating, finish: message.finish,
    sources: message.wrap?.sources, notice: message.notice, clientId: message.client_id, state: "sent",
  };
}

function acknowledged(view: View, ack: MsgAck): View {
  return { ...view, bubbles: view.bubbles.map((bubble) => (bubble.clientId === ack.client_id ? { ...bubble, id: ack.id, state: "sent" as const } : bubble)) };
}

function withMessage(view: View, message: MessageData): View {
  const mine = view.bubbles.findIndex((bubble) => bubble.id === message.id || (bubble.clientId !== undefined && bubble.clientId === message.client_id));
  if (mine >= 0) return { ...view, bubbles: view.bubbles.map((bubble, place) => (place === mine ? bubbleOf(message) : bubble)) };
  const isAnswer = message.sender !== "visitor";
  return {
    ...view, bubbles: [...view.bubbles, bubbleOf(message)], clarify: isAnswer ? null : view.clarify,
    isThinking: isAnswer ? false : view.isThinking, isAgentTyping: message.sender === "agent" ? false : view.isAgentTyping,
  };
}

function updated(view: View, message: MessageData): View {
  return { ...view, bubbles: view.bubbles.map((bubble) => (bubble.id === message.id ? bubbleOf(message) : bubble)) };
}

function started(view: View, start: GenStart): View {
  if (view.bubbles.some((bubble) => bubble.gen === start.gen)) return view;
  const bubble: Bubble = { id: start.gen, gen: start.gen, sender: "bot", text: "", isStreaming: true, sources: start.sources };
  return { ...view, bubbles: [...view.bubbles, bubble], isThinking: false, clarify: null };
}

/** Offsets count code points; what overlaps is written over, what lies beyond the end waits for the whole text. */
function grown(view: View, delta: GenDelta): View {
  return {
    ...view,
    bubbles: view.bubbles.map((bubble) => {
      if (bubble.gen !== delta.gen) return bubble;
      const points = Array.from(bubble.text);
      return delta.off <= points.length ? { ...bubble, text: points.slice(0, delta.off).join("") + delta.text } : bubble;
    }),
  };
}

function finished(view: View, end: GenEnd): View {
  let isShort = false;
  const bubbles = view.bubbles.map((bubble) => {
    if (bubble.gen !== end.gen) return bubble;
    isShort = Array.from(bubble.text).length !== end.length;
    return { ...bubble, id: end.message_id, isStreaming: false, finish: end.finish, wrap: end.wrap, sources: end.wrap.sources };
  });
  return { ...view, bubbles, isThinking: false, needsState: view.needsState || isShort };
}

function noticed(view: View, notice: { gen?: string; message_id?: string; text: string }): View {
  const fits = (bubble: Bubble) => (notice.gen ? bubble.gen === notice.gen : bubble.id === notice.message_id);
  return { ...view, bubbles: view.bubbles.map((bubble) => (fits(bubble) ? { ...bubble, notice: notice.text } : bubble)) };
}

function ownerChanged(view: View, owner: string): View {
  return { ...view, owner, queue: owner === "queue" ? view.queue : null, isThinking: owner === "bot" && view.isThinking };
}

export function failed(view: View, error: { code: string; text: string; client_id?: string }): View {
  const isMine = error.client_id !== undefined && view.bubbles.some((bubble) => bubble.clientId === error.client_id);
  const bubbles = view.bubbles.map((bubble) =>
    bubble.clientId === error.client_id && isMine ? { ...bubble, state: "failed" as const, error: error.text } : bubble);
  return { ...view, bubbles, error: isMine ? "" : error.text, isThinking: isMine ? false : view.isThinking };
}
