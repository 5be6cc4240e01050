// Loads the tracker from beside this page and sends what the forms say. Kept out of the HTML, so that the page works under a
// content security policy without inline scripts.
(function () {
  var source = new URLSearchParams(location.search).get('source');
  var answers = document.getElementById('answers');
  document.getElementById('source').value = source || '';

  function show(title, body, failed) {
    var entry = document.createElement('pre');
    entry.textContent = title + '\n' + (typeof body === 'string' ? body : JSON.stringify(body, null, 2));
    entry.className = failed ? 'failed' : '';
    answers.prepend(entry);
  }

  function send(event) {
    event.preventDefault();
    var type = document.getElementById('type').value;
    var properties;
    try {
      properties = JSON.parse(document.getElementById('properties').value);
    } catch (error) {
      show('Properties', error.message, true);
      return;
    }
    window.tracardi.default.plugins.tracardi.track(type, properties).then(function (answer) {
      show(type + ': status ' + answer.status, answer.ok ? answer.data : 'No event was recorded. See the console.', !answer.ok);
    });
  }

  if (!source) {
    return;
  }
  window.options = {
    tracker: { url: { api: location.pathname.replace(/\/tracker\/.*$/, '') }, source: { id: source } },
  };
  var script = document.createElement('script');
  script.src = 'liliput.min.js';
  script.onload = function () {
    document.getElementById('send').hidden = false;
    document.getElementById('send').addEventListener('submit', send);
  };
  script.onerror = function () {
    show('Tracker', 'liliput.min.js could not be loaded.', true);
  };
  document.body.append(script);
})();
