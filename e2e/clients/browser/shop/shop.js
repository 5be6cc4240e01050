// The snippet of the documentation, for all pages of the shop.
(function () {
  var about = document.currentScript.dataset;
  window.options = {
    tracker: {
      url: { api: about.server },
      source: { id: about.source },
      settings: { trackExternalLinks: about.accounts ? [about.accounts] : [] },
    },
  };
  window.tracker = window.tracker || { _q: [], track: function () { this._q.push(arguments); return this; } };
  tracker.track('page-view');
  var script = document.createElement('script');
  script.src = about.server + '/tracker/liliput.min.js';
  document.head.appendChild(script);
})();
