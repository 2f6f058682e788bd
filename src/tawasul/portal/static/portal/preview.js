// A preview that is still being made: ask now and then, and show it when it is there.

const place = document.querySelector("[data-preview-waiting]");
let pause = 1500;

async function look() {
  const answer = await fetch(place.dataset.previewWaiting, { signal: AbortSignal.timeout(15000) }).catch(() => null);
  const text = await answer?.text().catch(() => null); // read in any case: else it keeps the connection
  if (answer?.ok && typeof text === "string" && !text.includes("data-preview-waiting")) location.reload();
  else { pause = Math.min(pause * 1.4, 15000); setTimeout(look, pause); }
}

if (place) setTimeout(look, pause);
