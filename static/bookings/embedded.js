// Inside the page of another site: tells that page how high this one is, whenever it changes. Which sites these may be
// is the server's to say (frame-ancestors), so the height may go to whichever it is.
(() => {
  if (window.parent === window) return;
  const root = document.documentElement;
  root.classList.add("embedded");

  const tell = () => {
    window.parent.postMessage({ hubsync: "height", height: root.getBoundingClientRect().height }, "*");
  };
  new ResizeObserver(tell).observe(root);
  addEventListener("message", (event) => {
    if (event.source === window.parent && event.data?.hubsync === "how high") tell();
  });
})();
