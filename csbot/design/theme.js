/* Before the first paint: the appearance that was chosen at the desk. Django's admin keeps its own choice under "theme"; both are honoured. */
(() => {
  "use strict";
  let wish = null;
  try { wish = localStorage.getItem("csbot.theme"); } catch { /* no storage: the system's wish holds */ }
  if (wish === "dark" || wish === "light") document.documentElement.dataset.theme = wish;
})();
