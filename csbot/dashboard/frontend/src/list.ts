/** The inbox as plain values: rows by id, newer versions replace older ones, and which view a row belongs to. */

import type { Row, ViewName } from "./shapes";

export function belongs(row: Row, view: ViewName, me: string): boolean {
  if (view === "waiting") return row.owner === "queue";
  if (view === "mine") return row.owner === `agent:${me}`;
  if (view === "colleagues") return row.owner.startsWith("agent:") && row.owner !== `agent:${me}`;
  if (view === "bot") return row.owner === "bot" && !row.closed;
  return view === "closed" ? row.closed !== null : true;
}

/** First come, first served in the queue; everywhere else the newest first. */
export function ordered(rows: Row[], view: ViewName): Row[] {
  const by = view === "waiting" ? (row: Row) => row.queued_at ?? "" : (row: Row) => row.changed;
  const sign = view === "waiting" ? 1 : -1;
  return [...rows].sort((a, b) => sign * (by(a) === by(b) ? (a.id < b.id ? -1 : 1) : by(a) < by(b) ? -1 : 1));
}

/** `fresh` into `rows`: idempotent, and an answer that arrives late never takes the place of a newer one. */
export function merged(rows: Row[], fresh: Row[], view: ViewName, me: string, admits: (row: Row) => boolean = () => true): Row[] {
  const known = new Map(rows.map((row) => [row.id, row]));
  for (const row of fresh) {
    const old = known.get(row.id);
    if (old && old.changed > row.changed) continue;
    if (belongs(row, view, me) && (old || admits(row))) known.set(row.id, row);
    else known.delete(row.id);
  }
  return ordered([...known.values()], view);
}

export function neighbour(rows: Row[], id: string | null, step: 1 | -1): Row | undefined {
  const place = rows.findIndex((row) => row.id === id);
  return place < 0 ? rows[0] : rows[Math.min(rows.length - 1, Math.max(0, place + step))];
}
