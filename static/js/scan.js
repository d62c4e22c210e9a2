/* The scan field (components/_scan.html): a scanner is faster than the network, and no scan may be lost.
   While an answer is on its way further scans wait in line; the field is always empty and ready.
   An answer that carries data-sound="ok" or "bad" is heard as well as seen. */
(() => {
  "use strict";

  const fieldOf = (form) => form && form.matches("[data-scan-form][hx-post]") && form.querySelector("[data-scan]");
  const line = [];
  let sent = null; // what is being sent now

  const back = () => {
    const field = document.querySelector("[data-scan]");
    const active = document.activeElement;
    if (!field || document.querySelector("[data-error-summary]:focus, dialog[open]")) return;
    if (active && active !== document.body && !field.form.contains(active)) return; // never out of another field
    field.focus();
  };

  const beep = (tone) => {
    if (!window.AudioContext) return;
    const audio = new window.AudioContext();
    const wave = audio.createOscillator();
    const volume = audio.createGain();
    wave.frequency.value = tone === "bad" ? 180 : 880;
    volume.gain.value = 0.08;
    wave.connect(volume).connect(audio.destination);
    wave.onended = () => audio.close();
    wave.start();
    wave.stop(audio.currentTime + (tone === "bad" ? 0.35 : 0.08));
  };

  document.addEventListener("submit", (event) => {
    const field = fieldOf(event.target);
    if (!field || sent === null) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (field.value.trim()) line.push(field.value);
    field.value = "";
  }, true);

  document.addEventListener("htmx:beforeSend", (event) => {
    const field = fieldOf(event.detail.elt);
    if (!field) return;
    sent = field.value;
    field.value = "";
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const field = fieldOf(event.detail.elt);
    if (!field) return;
    const unanswered = !event.detail.xhr.status;
    if (unanswered) line.unshift(sent); // the network broke: the next Enter sends it again, first
    sent = null;
    if (!line.length || !field.isConnected) return;
    const typed = field.value;
    if (unanswered) {
      field.value = typed || line.shift();
      return;
    }
    setTimeout(() => { // once htmx is done with the answer
      const unfinished = field.value;
      field.value = line.shift();
      event.detail.elt.requestSubmit();
      field.value = unfinished;
    });
  });

  const heard = (part) => [part, ...part.querySelectorAll("[data-sound]")].filter((e) => e.dataset && e.dataset.sound);
  document.addEventListener("htmx:load", (event) => {
    heard(event.detail.elt).forEach((element) => beep(element.dataset.sound));
    back();
  });
  window.addEventListener("focus", back);
  document.addEventListener("DOMContentLoaded", back);
})();
