// Stands for the inline loader that pages carry: it does what such a page relies on, and nothing else.
// The page pastes it first, declares its global `options` next, and calls window.tracker.track(...) after that.
(function () {
  var queue = [];
  var bound = [];
  window.tracker = window.tracker || {
    track: function (type, properties, options) {
      queue.push([type, properties, options]);
      return window.tracker;
    },
  };
  window.response = window.response || { context: {} };
  window.onTracardiReady = window.onTracardiReady || {
    bind: function (fn) {
      bound.push(fn);
    },
    call: function (params) {
      bound.forEach(function (fn) {
        fn(params);
      });
    },
  };
  window.documentReady = function (fn) {
    if (document.readyState === 'loading') {
      document.addEventListener('DOMContentLoaded', fn);
    } else {
      fn();
    }
  };
  window.documentReady(function () {
    if (navigator.doNotTrack === '1' && options.tracker.settings && options.tracker.settings.respectDoNotTrack === true) {
      return;
    }
    options.context = { gpu: null };
    var script = document.createElement('script');
    var base = options.tracker.url.script;
    script.async = true;
    script.src = base === null ? 'liliput.min.js' : /^(http|\/\/)/.test(base) ? base + '/liliput.min.js' : base;
    script.onload = function () {
      var loaded = window.tracardi && window.tracardi.default;
      if (!loaded || !loaded.getState().plugins['tracardi'].initialized) {
        throw new Error('the tracker is not initialized');
      }
      window.tracker = loaded;
      queue.forEach(function (call) {
        loaded.track(call[0], call[1], call[2]);
      });
    };
    document.head.appendChild(script);
  });
})();
