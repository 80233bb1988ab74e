/* The one-line snippet: <script async src="https://YOUR-CSBOT/widget/loader.js" data-site="KEY"></script>
   Who is signed in on the page: data-identity="TOKEN" beside it, or csbot.identify(TOKEN) later; csbot.identify("") when they sign out.
   Makes a button and an iframe; everything else happens inside the iframe, on our own origin. */
(() => {
  "use strict";
  const tag = document.currentScript || document.querySelector('script[data-site][src*="/widget/loader.js"]');
  if (!tag || window.csbot) return;
  const origin = new URL(tag.src, location.href).origin;
  const language = tag.dataset.lang || document.documentElement.lang || navigator.language || "en";
  const isChinese = language.toLowerCase().startsWith("zh");
  const words = isChinese ? ["打开客服聊天", "关闭客服聊天", "客服聊天"] : ["Open chat", "Close chat", "Support chat"];
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  root.innerHTML = `<style>
    :host { all: initial; }
    button { position: fixed; right: 20px; bottom: 20px; z-index: 2147483000; width: 60px; height: 60px; border: 0; border-radius: 20px; cursor: pointer; background: #1f6f54; color: #fff; box-shadow: 0 8px 28px rgba(20,30,22,.28); transition: transform .16s; }
    button:hover { transform: translateY(-2px); }
    button:focus-visible { outline: 3px solid #2f7df6; outline-offset: 3px; }
    svg { width: 28px; height: 28px; fill: currentColor; }
    b { position: absolute; top: -4px; right: -4px; min-width: 20px; height: 20px; padding: 0 5px; box-sizing: border-box; border-radius: 10px; background: #b3372b; color: #fff; font: 600 12px/20px system-ui, sans-serif; }
    iframe { position: fixed; right: 20px; bottom: 92px; z-index: 2147483001; width: 400px; height: min(660px, calc(100vh - 112px)); border: 0; border-radius: 20px; background: #fff; box-shadow: 0 12px 48px rgba(20,30,22,.3); color-scheme: light dark; }
    :host(.left) button, :host(.left) iframe { right: auto; left: 20px; }
    [hidden] { display: none; }
    @media (max-width: 480px) { iframe, :host(.left) iframe { inset: 0; width: 100%; height: 100%; height: 100dvh; border-radius: 0; } }
    @media (prefers-reduced-motion: reduce) { button { transition: none; } }
  </style><button type="button" aria-haspopup="dialog" aria-expanded="false"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3c5.500 0 10 3.600 10 8.200s-4.500 8.200-10 8.200c-1.100 0-2.200-.1-3.200-.4L4 21.500l1.200-4C3.200 16 2 13.700 2 11.200 2 6.600 6.500 3 12 3z"/></svg><b hidden></b></button>`;
  const button = root.querySelector("button");
  const badge = root.querySelector("b");
  let frame = null;
  let unread = 0;
  let identity = tag.dataset.identity || "";

  const isOpen = () => frame !== null && !frame.hidden;
  const show = () => {
    button.setAttribute("aria-expanded", String(isOpen()));
    button.setAttribute("aria-label", words[isOpen() ? 1 : 0]);
    badge.hidden = unread === 0;
    badge.textContent = String(unread);
  };
  const open = () => {
    if (!frame) {
      frame = document.createElement("iframe");
      frame.title = words[2];
      frame.src = `${origin}/widget/app/?site=${encodeURIComponent(tag.dataset.site)}&lang=${encodeURIComponent(language)}&host=${encodeURIComponent(location.origin)}${identity ? "&identified=1" : ""}`;
      root.append(frame);
    }
    frame.hidden = false;
    unread = 0;
    show();
    frame.focus();
  };
  const close = () => {
    if (frame) frame.hidden = true;
    show();
    button.focus();
  };
  // By message and never in the address, which ends up in logs.
  const tellIdentity = () => frame?.contentWindow.postMessage({ csbot: "identity", token: identity }, origin);
  const identify = (token) => {
    identity = token || "";
    tellIdentity();
  };
  button.addEventListener("click", () => (isOpen() ? close() : open()));
  addEventListener("keydown", (event) => event.key === "Escape" && isOpen() && close());
  addEventListener("message", (event) => {
    if (event.origin !== origin || !frame || event.source !== frame.contentWindow) return;
    if (event.data?.csbot === "close") close();
    if (event.data?.csbot === "ready") tellIdentity();
    if (event.data?.csbot === "message" && !isOpen()) { unread += 1; show(); }
  });
  // How the site wants it to look; until that is known, and where it cannot be, it looks as usual.
  fetch(`${origin}/widget/look/${encodeURIComponent(tag.dataset.site)}`)
    .then((answer) => (answer.ok ? answer.json() : null))
    .then((look) => {
      if (!look) return;
      button.style.background = look.colour;
      host.classList.toggle("left", look.position === "left");
    })
    .catch(() => {});
  show();
  (document.body || document.documentElement).append(host);
  window.csbot = { open, close, identify };
})();
