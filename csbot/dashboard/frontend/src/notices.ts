/** Telling an agent whose eyes are elsewhere: the number in the tab's title, and the system's own notices for those who want them. */

const TITLE = document.title;

export function titleWith(count: number): void {
  document.title = count ? `(${count}) ${TITLE}` : TITLE;
}

export const mayBeAsked = (): boolean => "Notification" in window && Notification.permission === "default";

export async function askForNotices(): Promise<void> {
  if (mayBeAsked()) await Notification.requestPermission();
}

/** Only while nobody looks: whoever looks at the desk sees it there. */
export function notify(text: string): void {
  if ("Notification" in window && Notification.permission === "granted" && document.visibilityState !== "visible") new Notification(TITLE, { body: text, tag: text });
}
