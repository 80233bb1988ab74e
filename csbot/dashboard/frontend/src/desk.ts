/** The desk's state and what an agent does with it. Views read `desk` and call these functions; nothing else changes it. */

import { reactive } from "vue";
import { Refusal, get, post, put } from "./api";
import { Link, type LinkState } from "./link";
import { merged, neighbour } from "./list";
import type { Bubble, Canned, Counts, Detail, Inbox, Me, Note, Row, ViewName } from "./shapes";
import { notify, titleWith } from "./notices";
import { reloaded, step } from "./talk";
import { say } from "./texts";

const TYPING_FOR_MS = 6_000;
const TYPING_EVERY_MS = 3_000;
const CATCH_UP_EVERY_MS = 15_000;

export const desk = reactive({
  me: null as Me | null,
  view: "waiting" as ViewName,
  query: "", site: "", label: "",
  rows: [] as Row[],
  counts: { waiting: 0, mine: 0, colleagues: 0, bot: 0, closed: 0 } as Counts,
  next: null as string | null,
  isLoading: true,
  openId: null as string | null,
  showsDetails: false, // where there is no room for them beside the conversation
  talk: null as Detail | null,
  canned: [] as Canned[],
  link: "connecting" as LinkState,
  typing: {} as Record<string, { name: string; until: number }>,
  notice: "" as string,
  canForce: false,
  now: Date.now(),
});

let since = "";
let isActing = false; // what one does oneself is no news
const own = new Set<string>(); // conversations that are one's own, as far as was heard
let toldTyping = 0;
const id = (): string => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
const mine = (): string => desk.me?.agent?.id ?? "";
export const isMine = (talk: { owner: string }): boolean => talk.owner === `agent:${mine()}`;
export const mayAct = (): boolean => desk.me?.rights.includes("desk.act") ?? false;

const link = new Link({
  onFrame: (frame) => heard(frame),
  onState: (state) => { desk.link = state; },
  onOnline: () => void cameOnline(),
  onSignedOut: () => location.reload(),
});

export async function start(openId: string | null): Promise<void> {
  desk.me = await get<Me>("me");
  desk.canned = await get<Canned[]>("canned");
  link.open();
  await load();
  for (const row of (await get<Inbox>("inbox?view=mine")).results) own.add(row.id);
  if (!desk.rows.length && desk.view === "waiting" && !desk.counts.waiting) await choose("all");
  if (openId) await open(openId);
  window.setInterval(() => { desk.now = Date.now(); }, 1000);
  window.setInterval(() => void catchUp(), CATCH_UP_EVERY_MS);
}

async function cameOnline(): Promise<void> {
  if (desk.openId) link.follow(desk.openId, desk.talk?.seq ?? 0);
  if (since) await catchUp();
  await meAgain();
}

async function meAgain(): Promise<void> {
  desk.me = await get<Me>("me").catch(() => desk.me);
}

// --- the list ---------------------------------------------------------------------------------------------------------

function asked(extra: Record<string, string> = {}): string {
  const wish: Record<string, string> = { view: desk.view, q: desk.query, site: desk.site, label: desk.label, ...extra };
  return `inbox?${new URLSearchParams(Object.entries(wish).filter(([, value]) => value))}`;
}

let loads = 0;

export async function load(): Promise<void> {
  const mine = ++loads;
  desk.isLoading = true;
  try {
    const page = await get<Inbox>(asked());
    if (mine !== loads) return; // another wish came meanwhile
    Object.assign(desk, { rows: page.results, next: page.next, counts: page.counts });
    since = page.now;
  } catch (error) { told(error); } finally { if (mine === loads) desk.isLoading = false; }
}

export async function choose(view: ViewName): Promise<void> {
  desk.view = view;
  await load();
}

export async function more(): Promise<void> {
  if (!desk.next) return;
  const wish = loads;
  const page = await get<Inbox>(asked({ cursor: desk.next }));
  if (wish !== loads) return;
  desk.rows = [...desk.rows, ...page.results.filter((row) => !desk.rows.some((known) => known.id === row.id))];
  desk.next = page.next;
}

let isCatchingUp = false;
let isWanted = false;

/** What changed since the last look. One at a time: what comes in between is looked at right after. */
export async function catchUp(): Promise<void> {
  if (isCatchingUp) { isWanted = true; return; }
  isCatchingUp = true;
  try {
    const page = await get<Inbox>(`inbox?since=${encodeURIComponent(since || new Date().toISOString())}`);
    if (page.counts.waiting > desk.counts.waiting) notify(say("notify_waiting"));
    desk.counts = page.counts;
    titleWith(page.counts.waiting);
    newlyMine(page.results);
    since = page.now;
    if (!page.is_complete || desk.query || desk.label) { await reloadQuietly(); return; }
    desk.rows = merged(desk.rows, page.results, desk.view, mine(), (row) => !desk.site || row.site.id === desk.site);
    const open = page.results.find((row) => row.id === desk.openId);
    if (open && desk.talk && open.changed > desk.talk.changed) await reload();
  } catch { /* the next look tries again */ } finally {
    isCatchingUp = false;
    if (isWanted) { isWanted = false; window.setTimeout(() => void catchUp(), 150); }
  }
}

function newlyMine(rows: Row[]): void {
  for (const row of rows) {
    if (!isMine(row)) { own.delete(row.id); continue; }
    if (own.has(row.id)) continue;
    own.add(row.id);
    if (isActing || row.id === desk.openId) continue;
    const visitor = row.visitor.name || row.visitor.number;
    desk.notice = say("given_to_you", { visitor });
    notify(desk.notice);
  }
}

async function reloadQuietly(): Promise<void> {
  const wish = loads;
  const page = await get<Inbox>(asked());
  if (wish === loads) Object.assign(desk, { rows: page.results, next: page.next });
}

// --- one conversation -------------------------------------------------------------------------------------------------

export async function open(key: string): Promise<void> {
  if (desk.openId === key && desk.talk) return;
  Object.assign(desk, { openId: key, talk: null, notice: "", canForce: false, showsDetails: false });
  history.replaceState(null, "", `/desk/c/${key}${location.search}`);
  await reload();
  link.follow(key, desk.talk ? (desk.talk as Detail).seq : 0);
}

export function leave(): void {
  Object.assign(desk, { openId: null, talk: null });
  history.replaceState(null, "", `/desk/${location.search}`);
  link.leave();
}

export async function reload(): Promise<void> {
  const key = desk.openId;
  if (!key) return;
  try {
    const fresh = await get<Detail>(`conversations/${key}`);
    if (key !== desk.openId) return;
    desk.talk = reloaded(fresh, desk.talk);
    await read();
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) leave();
    told(error);
  }
}

async function read(): Promise<void> {
  const talk = desk.talk;
  if (!talk || document.visibilityState !== "visible" || !desk.me?.agent) return;
  await post(`conversations/${talk.id}/read`, { seq: talk.seq }).catch(() => undefined);
  desk.rows = desk.rows.map((row) => (row.id === talk.id ? { ...row, unread: 0 } : row));
}

export function stepTo(direction: 1 | -1): void {
  const row = neighbour(desk.rows, desk.openId, direction);
  if (row) void open(row.id);
}

// --- what is heard ----------------------------------------------------------------------------------------------------

function heard(frame: { type: string; conv: string | null; seq: number | null; data: Record<string, unknown> }): void {
  if (frame.type === "inbox.changed") return void catchUp();
  if (frame.type === "desk.presence") return void meAgain();
  if (frame.type === "desk.typing") return typed(frame.data as { conv: string; sender: string; name: string });
  if (frame.type === "desk.read") return readByVisitor(frame.data as { conv: string; seq: number });
  if (frame.conv !== desk.openId || !desk.talk) return;
  const wasMine = isMine(desk.talk);
  const next = step(desk.talk, frame);
  desk.talk = next.talk;
  if (wasMine && !isActing && next.talk.owner.startsWith("agent:") && !isMine(next.talk)) desk.notice = say("taken_from_you", { name: nameOf(next.talk.owner) });
  if (frame.type === "msg.new") delete desk.typing[desk.openId ?? ""];
  if (next.isStale) void reload();
}

export function nameOf(owner: string): string {
  return desk.me?.agents.find((agent) => `agent:${agent.id}` === owner)?.name ?? "";
}

function typed(data: { conv: string; sender: string; name: string }): void {
  desk.typing[data.conv] = { name: data.sender === "agent" ? data.name : "", until: Date.now() + TYPING_FOR_MS };
}

function readByVisitor(data: { conv: string; seq: number }): void {
  if (desk.talk?.id === data.conv) desk.talk = { ...desk.talk, visitor_read_seq: Math.max(desk.talk.visitor_read_seq, data.seq) };
}

// --- what an agent does -----------------------------------------------------------------------------------------------

export function told(error: unknown): void {
  if (!(error instanceof Refusal)) throw error;
  desk.notice = error.code === "offline" ? say("offline") : error.message || say("failed");
  desk.canForce = ["at_capacity", "held_by"].includes(error.code);
  if (error.code === "owner_changed") void reload();
}

async function deed(name: string, body: unknown = {}): Promise<boolean> {
  const talk = desk.talk;
  if (!talk) return false;
  Object.assign(desk, { notice: "", canForce: false });
  isActing = true;
  try {
    const row = await post<Row>(`conversations/${talk.id}/${name}`, body, talk.ver);
    changed(row);
    await reload();
    return true;
  } catch (error) { told(error); return false; } finally { isActing = false; }
}

function changed(row: Row): void {
  if (isMine(row)) own.add(row.id);
  desk.rows = merged(desk.rows, [row], desk.view, mine());
  if (desk.talk?.id === row.id) desk.talk = { ...desk.talk, owner: row.owner, ver: row.ver, agent: row.agent, closed: row.closed, labels: row.labels };
  void catchUp();
}

/** What was taken is among one's own from then on, and so is the list that one looks at. */
export async function take(force = false): Promise<boolean> {
  const isTaken = await deed("take", { force });
  if (isTaken && desk.view === "waiting") await choose("mine");
  return isTaken;
}
export const release = (): Promise<boolean> => deed("release");
export const close = (): Promise<boolean> => deed("close");
export const reopen = (): Promise<boolean> => deed("reopen");
export const transfer = (agent: string | null, note: string): Promise<boolean> => deed("transfer", { agent, note });

export async function takeNext(): Promise<void> {
  try {
    const row = await post<Row | undefined>("queue/next");
    if (!row) { desk.notice = say("nobody_waits"); return; }
    if (desk.view === "waiting") await choose("mine");
    changed(row);
    await open(row.id);
  } catch (error) { told(error); }
}

export async function setLabels(labels: string[]): Promise<void> {
  const talk = desk.talk;
  if (!talk) return;
  try { changed(await put<Row>(`conversations/${talk.id}/labels`, { labels })); } catch (error) { told(error); }
}

export async function setAvailable(isAvailable: boolean): Promise<void> {
  try { await put("me/availability", { is_available: isAvailable }); } catch (error) { told(error); }
  await meAgain();
}

export async function reply(text: string, clientId = id()): Promise<void> {
  const talk = desk.talk;
  if (!talk || !text.trim()) return;
  const bubble: Bubble = { id: clientId, client_id: clientId, sender: "agent", agent: desk.me?.agent?.name, text, ts: new Date().toISOString(), state: "sending" };
  desk.talk = { ...talk, messages: [...talk.messages.filter((one) => one.client_id !== clientId), bubble] };
  desk.notice = "";
  try {
    changed(await post<Row>(`conversations/${talk.id}/replies`, { client_id: clientId, text }, talk.ver));
    await reload();
  } catch (error) {
    failed(talk.id, clientId, error);
    told(error);
  }
}

function failed(key: string, clientId: string, error: unknown): void {
  if (desk.talk?.id !== key) return;
  const message = error instanceof Refusal ? error.message : "";
  desk.talk = {
    ...desk.talk,
    messages: desk.talk.messages.map((one) => (one.client_id === clientId && one.state ? { ...one, state: "failed" as const, error: message } : one)),
    notes: desk.talk.notes.map((one) => (one.client_id === clientId && one.state ? { ...one, state: "failed" as const } : one)),
  };
}

export async function note(text: string, clientId = id()): Promise<void> {
  const talk = desk.talk;
  if (!talk || !text.trim()) return;
  const written: Note = { id: clientId, client_id: clientId, author: desk.me?.agent?.name ?? "", text, ts: new Date().toISOString(), state: "sending" };
  desk.talk = { ...talk, notes: [...talk.notes.filter((one) => one.client_id !== clientId), written] };
  try {
    await post(`conversations/${talk.id}/notes`, { client_id: clientId, text });
    await reload();
  } catch (error) { failed(talk.id, clientId, error); told(error); }
}

export function writing(): void {
  const talk = desk.talk;
  if (!talk || !isMine(talk) || Date.now() - toldTyping < TYPING_EVERY_MS) return;
  toldTyping = Date.now();
  void post(`conversations/${talk.id}/typing`).catch(() => undefined);
}
