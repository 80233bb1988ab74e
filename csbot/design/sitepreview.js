/* The preview beside a site's form follows what is typed; it holds no more of the chat than what can be set. */
(() => {
  "use strict";
  document.addEventListener("DOMContentLoaded", () => {
    const box = document.querySelector("[data-preview]");
    if (!box) return;
    const value = (name) => document.getElementById(`id_${name}`)?.value ?? "";
    const paint = () => {
      box.style.setProperty("--color-accent", value("colour") || "#1f6f54");
      box.classList.toggle("left", value("position") === "left");
      box.querySelector("[data-name]").textContent = value("name") || "…";
      box.querySelector("[data-mark]").textContent = value("mark") || [...(value("name") || "…")][0];
      for (const language of ["zh", "en"]) {
        const field = document.getElementById(`id_text_${language}_greeting`);
        box.querySelector(`[data-greeting="${language}"]`).textContent = field?.value || field?.placeholder || "";
      }
    };
    document.addEventListener("input", paint);
    paint();
  });
})();
