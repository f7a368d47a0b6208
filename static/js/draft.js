// What is typed in a long form outlives a login that has run out: this tab keeps it until the server says that it has it.
(() => {
  "use strict";
  const PREFIX = "draft:";
  const own = () => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
  const read = (key) => JSON.parse(sessionStorage.getItem(key));

  // The page that follows a save carries the mark: what was sent is safe.
  if (document.querySelector("[data-kept], .messagelist .kept")) {
    own().filter((key) => read(key).sent).forEach((key) => sessionStorage.removeItem(key));
  }

  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const key = PREFIX + location.pathname;
  const { owner } = form.dataset;
  own().filter((other) => read(other).owner !== owner).forEach((other) => sessionStorage.removeItem(other));

  const typed = () =>
    [...new FormData(form)]
      .filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string")
      .map(([name, value]) => [name, value.replace(/\r\n/g, "\n").trimEnd()]);
  // The numbers of versions and rows are the page's own; empty boxes say nothing.
  const words = (pairs) => JSON.stringify(pairs.filter(([name, value]) => value && !["base", "version", "uid", "rows"].includes(name)));
  const keep = (sent) => sessionStorage.setItem(key, JSON.stringify({ owner, sent, pairs: typed() }));

  const kept = sessionStorage.getItem(key) && read(key);
  const note = document.querySelector("[data-draft-note]");
  if (form.dataset.draft === "typed") keep(false);
  else if (kept && words(kept.pairs) !== words(typed())) note.hidden = false;

  note.querySelector("[data-draft-back]").addEventListener("click", () => {
    const names = new Set([...form.elements].map((field) => field.name));
    if (kept.pairs.every(([name]) => names.has(name))) {
      for (const field of form.elements) {
        const values = kept.pairs.filter(([name]) => name === field.name).map(([, value]) => value);
        if (field.name === "csrfmiddlewaretoken" || !field.name || field.type === "submit") continue;
        if (["checkbox", "radio"].includes(field.type)) field.checked = values.includes(field.value);
        else if (values.length) [field.value] = values;
      }
      form.querySelectorAll("details").forEach((part) => (part.open = true));
      note.hidden = true;
      keep(false);
    } else {
      // There were more rows than this page has: the server draws them again, and saves nothing.
      const again = Object.assign(document.createElement("form"), { method: "post", hidden: true });
      for (const [name, value] of [["csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value], ["do", "show"], ...kept.pairs]) {
        again.append(Object.assign(document.createElement("textarea"), { name, value }));
      }
      document.body.append(again);
      again.submit();
    }
  });
  note.querySelector("[data-draft-drop]").addEventListener("click", () => {
    sessionStorage.removeItem(key);
    note.hidden = true;
  });
  form.addEventListener("input", () => keep(false));
  form.addEventListener("submit", () => keep(true));
})();
