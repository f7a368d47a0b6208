// Photos are made smaller on the phone and sent one after the other while the form is filled in. Without this file they go with the form.
(() => {
  "use strict";
  const EDGE = 1600;
  const TRIES = 4;
  const field = document.querySelector("[data-photos]");
  if (!field) return;
  const input = field.querySelector("input[type=file]");
  const { form } = input;
  const [beside, bar, said] = ["[data-beside]", "progress", "[role=status]"].map((selector) => field.querySelector(selector));
  let sending = null;
  field.querySelector("[data-add]").hidden = true;

  const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
  const say = (text) => said.append(Object.assign(document.createElement("p"), { className: "note warn", textContent: text }));

  const smaller = async (file) => {
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const by = Math.min(1, EDGE / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [Math.round(picture.width * by), Math.round(picture.height * by)];
      const paper = canvas.getContext("2d");
      paper.fillStyle = "#fff";
      paper.fillRect(0, 0, canvas.width, canvas.height);
      paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
      const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
      return made.size < file.size ? new File([made], "photo.jpg", { type: "image/jpeg" }) : file;
    } catch {
      // An old phone, or a file that it can't read: the server looks at it.
      return file;
    }
  };

  const send = (photo, told) =>
    new Promise((done, fail) => {
      const body = new FormData();
      body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      body.append("uid", form.elements.uid.value);
      body.append("photo", photo);
      const request = new XMLHttpRequest();
      request.open("POST", field.dataset.photos);
      request.upload.onprogress = (event) => told(event.lengthComputable ? event.loaded / event.total : 0);
      request.onload = () => done(request);
      request.onerror = fail;
      request.send(body);
    });

  // The same bytes with the same form are one photo, however often they arrive.
  const insist = async (photo, told) => {
    for (let tries = 0; tries < TRIES; tries += 1) {
      if (tries) await pause(2 ** tries);
      try {
        const answer = await send(photo, told);
        if (answer.status < 500) return answer;
      } catch {
        // No network for a moment.
      }
    }
    return null;
  };

  // Chosen and not sent yet; and what could not be sent, which then stands in the box and goes with the form.
  const queue = [];
  let left = [];

  const all = async () => {
    said.replaceChildren();
    bar.hidden = false;
    for (let done = 0; queue.length; done += 1) {
      const told = (part) => (bar.value = (done + part) / (done + queue.length + 1));
      const photo = await smaller(queue.shift());
      told(0);
      const answer = await insist(photo, told);
      if (answer?.status === 200) beside.innerHTML = answer.responseText;
      else if (answer?.status === 400) say(answer.responseText);
      else left.push(photo);
    }
    bar.hidden = true;
    const rest = new DataTransfer();
    left.forEach((photo) => rest.items.add(photo));
    input.files = rest.files;
    if (left.length) say(field.dataset.later);
  };

  input.addEventListener("change", () => {
    // The browser puts what is chosen now in the place of what was left there: that is tried again.
    if (input.files.length) queue.push(...left, ...input.files);
    left = [];
    if (sending || !queue.length) return;
    sending = all()
      .catch(() => say(field.dataset.later))
      .finally(() => (sending = null));
  });
  form.addEventListener("submit", (event) => {
    if (!sending) return;
    event.preventDefault();
    const button = event.submitter || form.querySelector(".btn[name=do]");
    sending.then(() => button.click());
  });
})();
