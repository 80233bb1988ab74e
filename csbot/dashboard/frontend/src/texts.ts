/** The desk's words. Both languages have the same keys; a test of the server side compares them. */

import en from "../../../locale/desk.en.json";
import zh from "../../../locale/desk.zh.json";

export type Key = keyof typeof en;
export const language: "zh" | "en" = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
const table: Record<Key, string> = language === "zh" ? zh : en;

export function say(key: Key, values: Record<string, string | number> = {}): string {
  return table[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

/** A word for a value of the server's, such as a route; the value itself where there is none. */
export function word(kind: string, value: string): string {
  return (table as Record<string, string>)[`${kind}_${value}`] ?? value;
}

const locale = language === "zh" ? "zh-CN" : "en-GB";
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const calendar = new Intl.DateTimeFormat(locale, { month: "short", day: "numeric", weekday: "short" });

export const time = (ts: string): string => clock.format(new Date(ts));
export const day = (ts: string): string => calendar.format(new Date(ts));
export const moment = (ts: string): string => `${day(ts)} ${time(ts)}`;

export function short(ts: string, now: number): string {
  return now - Date.parse(ts) < 20 * 3_600_000 ? time(ts) : calendar.format(new Date(ts));
}

export function duration(seconds: number): string {
  if (seconds < 60) return say("seconds", { n: Math.max(0, Math.round(seconds)) });
  if (seconds < 3600) return say("minutes", { n: Math.round(seconds / 60) });
  return seconds < 86_400 ? say("hours", { n: Math.round(seconds / 3600) }) : say("days", { n: Math.round(seconds / 86_400) });
}
