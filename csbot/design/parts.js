/* A piece of a page that is not ready yet (data-part: its address) is asked for until the answer is no longer "202: still at it". */
(() => {
  "use strict";
  const TRIES = 40, EVERY_MS = 1500;
  const fetched = async (piece, left) => {
    const answer = await fetch(piece.dataset.part, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    piece.innerHTML = await answer.text(); // our own server's, escaped there
    if (answer.status === 202 && left) setTimeout(fetched, EVERY_MS, piece, left - 1);
  };
  document.addEventListener("DOMContentLoaded", () => {
    for (const piece of document.querySelectorAll("[data-part]")) setTimeout(fetched, EVERY_MS, piece, TRIES);
  });
})();
