// Comfort only: a digit gives the mark at hand and goes on to the next, Enter saves.
(() => {
  "use strict";
  const form = document.querySelector("[data-judging]");
  if (!form) return;
  const groups = [...form.querySelectorAll("fieldset")];
  form.querySelector("[data-keys]").hidden = !matchMedia("(any-pointer: fine)").matches;
  const chosen = (group) => group.querySelector(":checked");
  const at = () => groups.find((group) => group.contains(document.activeElement)) || groups.find((group) => !chosen(group)) || groups[0];
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("textarea, select, summary, input:not([type=radio])")) return;
    if (event.key === "Enter" && !event.target.closest("a, button")) {
      event.preventDefault();
      return form.requestSubmit(form.querySelector("[value=save]"));
    }
    // Arabic-Indic digits are digits too; where ten is the most, 0 gives it.
    const digit = "0123456789".includes(event.key) ? Number(event.key) : "٠١٢٣٤٥٦٧٨٩".indexOf(event.key);
    if (digit < 0) return;
    const group = at();
    const radio = group?.querySelector(`[value="${digit}"]`) || (digit === 0 && group?.querySelector('[value="10"]'));
    if (!radio) return;
    radio.checked = true;
    const next = groups[groups.indexOf(group) + 1];
    (next ? chosen(next) || next.querySelector("input") : radio).focus();
  });
})();
