// Comfort only: a tick is saved at once where the network is there; the button saves what is left.
(() => {
  "use strict";
  document.querySelectorAll("[data-attendance]").forEach((form) => {
    const unsaved = new Set();
    const save = async (box) => {
      const status = box.closest("li").querySelector("[data-status]") || form.querySelector("[data-status]");
      const body = new FormData();
      body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      body.set("do", "mark");
      body.set("row", box.value);
      body.set(box.checked ? "present" : "was", box.value);
      status.textContent = "…";
      try {
        const headers = { "X-Requested-With": "fetch" };
        const answer = await fetch(location.pathname + location.search, { method: "POST", body, headers });
        const { said } = await answer.json();
        status.textContent = said;
        unsaved.delete(box);
        if (!answer.ok) return;
        // What is saved is what the page shows from now on.
        form.querySelector(`[name=was][value="${box.value}"]`)?.remove();
        if (box.checked) {
          form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "was", value: box.value }));
        }
      } catch {
        unsaved.add(box);
        status.textContent = form.dataset.failed || "✗";
      }
    };
    const again = () => unsaved.forEach(save);
    form.addEventListener("change", ({ target }) => target.name === "present" && save(target));
    addEventListener("online", again);
    // Without a network the browser would leave the page, and the ticks with it.
    form.addEventListener("submit", (event) => {
      if (!unsaved.size) return;
      event.preventDefault();
      again();
    });
    addEventListener("beforeunload", (event) => unsaved.size && event.preventDefault());
  });
})();
