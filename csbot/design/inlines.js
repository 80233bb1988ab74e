/* Django's rows inside a form name their columns in the head only. Here every field gets its column's name, for those who listen; heads
   without words are none; and what scrolls sideways can be reached by keyboard. */
(() => {
  "use strict";
  const name = (group) => {
    group.tabIndex = 0;
    for (const head of group.querySelectorAll("th")) if (!head.textContent.trim()) head.setAttribute("role", "presentation");
    const titles = [...group.querySelectorAll("thead th")].map((head) => head.textContent.trim());
    for (const row of group.querySelectorAll("tbody tr.form-row")) {
      [...row.cells].forEach((cell, index) => {
        for (const field of cell.querySelectorAll("input:not([type=hidden]), select, textarea")) {
          if (!field.labels?.length) field.setAttribute("aria-label", titles[index] || "");
        }
      });
    }
  };
  const all = () => document.querySelectorAll(".inline-group[data-inline-type=tabular]").forEach(name);
  document.addEventListener("DOMContentLoaded", all);
  document.addEventListener("formset:added", all);
})();
