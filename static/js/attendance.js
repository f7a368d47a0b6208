// Comfort only: a tick is saved at once where the network is there; the button saves what is left.
(() => {
  "use strict";
  document.querySelectorAll("[data-attendance]").forEach((form) => {
    form.addEventListener("change", async (event) => {
      const box = event.target;
      if (box.name !== "present") return;
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
        if (!answer.ok) return;
        // What is saved is what the page shows from now on.
        form.querySelector(`[name=was][value="${box.value}"]`)?.remove();
        if (box.checked) {
          form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "was", value: box.value }));
        }
      } catch {
        status.textContent = form.dataset.failed || "✗";
      }
    });
  });
})();
