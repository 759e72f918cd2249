// Runs before anything is painted, so that a dark page does not start as a light one. It is a file and not a part of the page, which
// allows no scripts of its own.
;(function () {
  var scheme = null
  try {
    scheme = localStorage.getItem('opsgraph.theme')
  } catch (refused) {
    // The browser keeps nothing: its own preference counts.
  }
  if (scheme !== 'light' && scheme !== 'dark') {
    scheme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  }
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme)
})()
