/* A button beside whatever is there to be copied: links that are shown once, keys, secrets, the snippet. Words come from the tag. */
(() => {
  "use strict";
  const { copy, copied } = document.currentScript.dataset;
  document.addEventListener("DOMContentLoaded", () => {
    for (const code of document.querySelectorAll(".messagelist code, .readonly code, [data-copyable] code")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = copy;
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(code.textContent);
        } catch { // no clipboard without HTTPS: mark it, so that the keyboard copies it
          getSelection().selectAllChildren(code);
          return;
        }
        button.textContent = copied;
        setTimeout(() => { button.textContent = copy; }, 2000);
      });
      code.after(button);
    }
  });
})();
