/* Buttons and fields that a key reaches: data-key="1". A field takes the focus, a button is pressed; while somebody writes, keys are letters. */
(() => {
  "use strict";
  const isWriting = (element) => element instanceof HTMLElement && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    if (event.key === "Escape" && isWriting(document.activeElement)) document.activeElement.blur();
    if (isWriting(event.target)) return;
    const target = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
    if (!target) return;
    event.preventDefault();
    if (isWriting(target)) target.focus();
    else target.click();
  });
})();
