/* A part of a page that renews itself: <div data-live="?part=now" data-every="2000">. Rests while nobody looks. */
(() => {
  "use strict";
  for (const part of document.querySelectorAll("[data-live]")) {
    setInterval(async () => {
      if (document.hidden) return;
      try {
        const answer = await fetch(part.dataset.live, { headers: { Accept: "text/html" } });
        if (answer.redirected) location.reload();
        else if (answer.ok) part.innerHTML = await answer.text();
      } catch { /* the next one tries again */ }
    }, Number(part.dataset.every));
  }
})();
