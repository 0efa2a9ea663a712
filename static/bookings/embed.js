// For the pages of other sites: makes each frame with a booking page as high as the page in it. Only what the site of
// this script says counts, and only about the frame that says it.
(() => {
  const ours = new URL(document.currentScript.src).origin;
  const MOST = 20000; // pixels

  addEventListener("message", (event) => {
    if (event.origin !== ours || event.data?.hubsync !== "height") return;
    const height = event.data.height;
    if (!Number.isFinite(height) || height <= 0) return;
    for (const frame of document.querySelectorAll("iframe")) {
      if (frame.contentWindow === event.source) frame.style.height = `${Math.ceil(Math.min(height, MOST))}px`;
    }
  });

  // A page that was there first has said its height already. The question is no secret: any frame may hear it.
  for (const frame of document.querySelectorAll("iframe")) {
    if (frame.src.startsWith(`${ours}/`)) frame.contentWindow.postMessage({ hubsync: "how high" }, "*");
  }
})();
