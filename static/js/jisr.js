// Comfort only: every page works without this file.
(() => {
  "use strict";
  const all = (selector) => document.querySelectorAll(selector);

  // A second press of a submitting button does nothing; coming back to the page frees it.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.ariaBusy === "true") return event.preventDefault();
    // Without a network the browser would leave the page, and take what was typed with it.
    if (!navigator.onLine) {
      event.preventDefault();
      form.querySelector("[data-offline]")?.remove();
      const told = Object.assign(document.createElement("p"), { role: "alert", className: "note warn", textContent: document.body.dataset.offline });
      told.dataset.offline = "";
      return (event.submitter || form.lastElementChild).before(told);
    }
    form.ariaBusy = "true";
    (event.submitter || form.querySelector(".btn"))?.setAttribute("aria-disabled", "true");
  });
  addEventListener("pageshow", () => {
    all('[aria-busy="true"]').forEach((form) => form.removeAttribute("aria-busy"));
    all('.btn[aria-disabled="true"]').forEach((button) => button.removeAttribute("aria-disabled"));
  });

  // data-when="name:value,value" on a field shows it only while the form's field `name` has one of the values.
  const values = (form, name) => new FormData(form).getAll(name);
  const settle = () =>
    all("[data-when]").forEach((field) => {
      const [name, wanted] = field.dataset.when.split(":");
      const has = values(field.form || field.closest("form"), name);
      (field.closest(".field") || field).hidden = !wanted.split(",").some((value) => has.includes(value));
    });
  document.addEventListener("change", settle);
  addEventListener("pageshow", settle);

  // Buttons that need JavaScript stay hidden without it.
  all("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });

  all("[data-copy]").forEach((button) => {
    const field = document.getElementById(button.dataset.copy);
    field.addEventListener("focus", () => field.select());
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", () => navigator.clipboard.writeText(field.value).then(() => button.append(" ✓")));
  });

  // Esc closes what a summary opened and goes back to it.
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.activeElement?.closest("details[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });
})();
