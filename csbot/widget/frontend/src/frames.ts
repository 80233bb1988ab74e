// Written by `manage.py write_frame_types` from csbot/conversations/events.py. Do not edit.

export interface Source {
  type: "faq" | "article" | "lookup";
  id: string;
  title: string;
  url: string;
}

export interface Option {
  faq: string;
  text: string;
}

export interface Handoff {
  offered: boolean;
  reason: string;
}

export interface Wrap {
  route: "answer" | "clarify" | "generate" | "handoff" | "refuse" | "chitchat";
  sources: Source[];
  handoff: Handoff;
  note?: string;
  related?: Option[];
  options?: Option[];
}

export interface MessageData {
  id: string;
  sender: "visitor" | "bot" | "agent" | "system";
  text: string;
  language: "zh" | "en";
  ts: string;
  client_id?: string;
  agent?: string;
  wrap?: Wrap;
  rating?: 1 | -1;
  finish?: "stop" | "length" | "cancelled" | "deadline" | "filtered" | "unsupported" | "error";
  notice?: string;
}

export interface Hello {
  token: string;
  v: number;
  last_seq?: number;
  language?: "zh" | "en";
}

export interface MsgSend {
  client_id: string;
  text: string;
  attachments?: string[];
}

export interface TypingIn {
}

export interface ReadIn {
  seq: number;
}

export interface ChipClick {
  client_id: string;
  message_id: string;
  faq: string;
}

export interface GenCancel {
  gen: string;
}

export interface HandoffRequest {
  client_id?: string;
}

export interface HandoffCancel {
}

export interface Rate {
  message_id: string;
  value: 1 | -1;
}

export interface Resume {
  last_seq: number;
  gen?: string;
  off?: number;
}

export interface MsgNew {
  message: MessageData;
}

export interface MsgUpdated {
  message: MessageData;
}

export interface GenStart {
  gen: string;
  turn: string;
  route: "answer" | "clarify" | "generate" | "handoff" | "refuse" | "chitchat";
  language: "zh" | "en";
  sources: Source[];
}

export interface GenEnd {
  gen: string;
  message_id: string;
  finish: "stop" | "length" | "cancelled" | "deadline" | "filtered" | "unsupported" | "error";
  length: number;
  sha256: string;
  sources: Source[];
  wrap: Wrap;
}

export interface GenAbort {
  gen: string;
  reason: "restarted" | "cancelled" | "taken_over" | "failed";
}

export interface Clarify {
  message_id: string;
  options: Option[];
  none: string;
}

export interface FilterNotice {
  message_id?: string;
  gen?: string;
  text: string;
}

export interface OwnerChanged {
  owner: string;
  ver: number;
}

export interface HelloOk {
  conv: string | null;
  seq: number;
  token?: string;
}

export interface MsgAck {
  client_id: string;
  id: string;
  seq: number;
}

export interface GenDelta {
  gen: string;
  off: number;
  text: string;
}

export interface QueueUpdate {
  position: number;
  eta_s: number | null;
}

export interface Presence {
  agents_online: boolean;
}

export interface TypingOut {
  sender: "agent" | "bot";
}

export interface ReadOut {
  seq: number;
}

export interface Heartbeat {
  seq: number;
}

export interface RunningGen {
  gen: string;
  off: number;
  text: string;
  sources: Source[];
}

export interface State {
  seq: number;
  owner: string;
  ver: number;
  messages: MessageData[];
  clarify?: Clarify;
  gen?: RunningGen;
  queue?: QueueUpdate;
}

export interface Error {
  code: string;
  text: string;
  retry_after?: number;
  client_id?: string;
}

export interface Envelope {
  v: number;
  type: string;
  conv: string | null;
  seq: number | null;
  ts: string;
  id: string;
  cause: string | null;
  data: unknown;
}

export type ClientFrame = "hello" | "msg.send" | "typing" | "read" | "chip.click" | "gen.cancel" | "handoff.request" | "handoff.cancel" | "rate" | "resume";
export type DurableFrame = "msg.new" | "msg.updated" | "gen.start" | "gen.end" | "gen.abort" | "clarify" | "filter.notice" | "owner.changed";
export type PassingFrame = "hello.ok" | "msg.ack" | "gen.delta" | "queue.update" | "presence" | "typing" | "read" | "heartbeat" | "state" | "error";
