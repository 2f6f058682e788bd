// The frame takes the height of the mail in it. Without this it scrolls.
for (const frame of document.querySelectorAll("iframe[data-fit]")) {
  const fit = () => {
    const page = frame.contentDocument?.documentElement;
    if (!page) return;
    frame.style.blockSize = "0"; // a page is never measured lower than its frame
    frame.style.blockSize = `${page.scrollHeight + 2}px`;
  };
  frame.addEventListener("load", fit);
  window.addEventListener("resize", fit);
  fit();
}
