// Names for the boxes that Select2 puts in the place of a select, for those who hear the page.
(() => {
  "use strict";
  const label = (select) => select.labels?.[0]?.textContent.replace(/:\s*$/, "").trim() || "";
  const name = () => {
    document.querySelectorAll("select.admin-autocomplete").forEach((select) => {
      const box = select.nextElementSibling;
      const text = label(select);
      if (!text || !box?.matches(".select2")) return;
      box.querySelectorAll(".select2-selection, .select2-search__field, [role=textbox]").forEach((part) => {
        part.removeAttribute("aria-labelledby");
        part.setAttribute("aria-label", text);
      });
      box.dataset.named = text;
    });
    document.querySelectorAll(".select2-dropdown .select2-search__field").forEach((field) => {
      field.setAttribute("aria-label", document.querySelector(".select2-container--open[data-named]")?.dataset.named || "");
    });
  };
  addEventListener("load", () => {
    name();
    new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
  });
})();

// A second press of a button at the desk does nothing; coming back to the page frees it.
(() => {
  "use strict";
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.ariaBusy === "true") return event.preventDefault();
    form.ariaBusy = "true";
  });
  addEventListener("pageshow", () => {
    document.querySelectorAll('[aria-busy="true"]').forEach((form) => form.removeAttribute("aria-busy"));
  });
})();
