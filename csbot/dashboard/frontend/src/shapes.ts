/** What the desk's API says; see csbot/dashboard/api/shapes.py. */

export interface Named { id: string; name: string }
export interface Label extends Named { colour: string }
export interface Colleague extends Named { role: string; is_online: boolean; is_available: boolean; open: number; capacity: number }
export interface Me { agent: Colleague | null; company: string; rights: string[]; sites: Named[]; labels: Label[]; agents: Colleague[] }

export type ViewName = "waiting" | "mine" | "colleagues" | "bot" | "closed" | "all";
export type Counts = Record<"waiting" | "mine" | "colleagues" | "bot" | "closed", number>;

export interface Row {
  id: string; site: Named; visitor: { id: string; number: string; name: string }; owner: string; agent: Named | null; ver: number; seq: number; unread: number;
  preview: { sender: string; text: string; ts: string } | null; language: string; labels: string[]; origin: string; is_demo: boolean; is_warned: boolean;
  queued_at: string | null; waiting_s: number | null; position: number | null; handoff_reason: string; closed: string | null; created: string; changed: string;
}
export interface Inbox { results: Row[]; next: string | null; counts: Counts; now: string; is_complete: boolean }

export interface Hit { term: string; category: string; level?: string; found?: string; why?: string }
export interface Source { type: string; id: string; title: string; url: string }
export interface Answered {
  route: string; reason: string; probability: number | null; sources: Source[]; rung: number | null; filter: Hit[]; model: string; snapshot: string;
  first_token_ms: number | null; total_ms: number; cached: boolean; words: string[];
}
export interface Bubble {
  id: string; sender: "visitor" | "bot" | "agent" | "system"; text: string; ts: string; client_id?: string; agent?: string; rating?: 1 | -1; finish?: string;
  wrap?: { route: string; options?: { faq: string; text: string }[]; note?: string; handoff: { offered: boolean; reason: string } };
  answered?: Answered; screen?: Hit[]; gen?: string; isStreaming?: boolean; state?: "sending" | "failed"; error?: string;
}
export interface Note { id: string; author: string; text: string; ts: string; client_id: string; state?: "sending" | "failed" }
export interface Stay { reason: string; queued: string; taken: string | null; answered: string | null; ended: string | null; outcome: string; agent: string; is_message_left: boolean }
/** Who had it from when on: "queue", "agent:<id>", or what ended a stay with people. */
export interface Change { owner: string; ts: string }
export interface Detail extends Omit<Row, "visitor"> {
  visitor: { id: string; number: string; name: string; external_id: string; email: string; language: string; first_seen: string; conversations: number };
  messages: Bubble[]; notes: Note[]; handoffs: Stay[]; owners: Change[]; visitor_read_seq: number;
}
export interface Canned { id: string; shortcut: string; language: string; category: string; text: string }
