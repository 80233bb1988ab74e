/** The widget's words. Both languages have the same keys; a test of the server side compares them. */

import en from "../../../locale/ui.en.json";
import zh from "../../../locale/ui.zh.json";

export type Language = "zh" | "en";
export type Key = keyof typeof en;

const TABLES: Record<Language, Record<Key, string>> = { zh, en };

export function say(language: Language, key: Key, values: Record<string, string | number> = {}): string {
  return TABLES[language][key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}
